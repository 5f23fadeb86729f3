from hypothesis import settings

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("untimed", deadline=None)
# Some minutes of tests/test_fuzz.py, by `pytest --hypothesis-profile=long`: what is chosen so goes before what follows.
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("untimed")

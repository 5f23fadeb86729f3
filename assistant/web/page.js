// The page's behaviour. Gradio runs this once with `element` (the page) and `server` (the functions of page.py).
// Every text that is put in as HTML was escaped by assistant/render.py; everything else goes in as text.

const find = (selector) => element.querySelector(selector);
const log = find(".log");
const scroll = find(".scroll");
const form = find(".composer");
const box = find(".composer textarea");
const send = find(".composer button");
const panel = find(".panel");
const text = find(".panel .text");
const back = find(".panel .back");
const within = find(".within select");

const UNREACHABLE = "没有得到回应：请确认“指引”仍在运行，再问一次。";
const SHAREABLE = 200; // longest question that goes into the address: longer ones make addresses that mail cuts off

const overlaid = window.matchMedia("(max-width: 900px)"); // as in page.css: the panel covers the chat

let opener = null; // what gets the focus back when the panel closes
let topic = null; // what the last answer was about: a question that can't be understood alone goes on from it

function make(tag, className, content = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = content;
  return node;
}

// ---------------------------------------------------------------- asking

async function ask(question) {
  if (!question.trim() || send.disabled) return;
  const turn = make("section", "turn");
  log.append(turn);
  await answer(turn, question, topic);
}

async function answer(turn, question, before) {
  send.disabled = true;
  turn.replaceChildren(make("p", "question", question), make("p", "waiting", "正在查找……"));
  showTurn(turn);
  const reply = (await server.ask({ question, topic: before, collection: within.value })) ?? { notice: UNREACHABLE };
  turn.lastChild.remove();
  if (reply.html) {
    turn.insertAdjacentHTML("beforeend", reply.html);
    turn.dataset.question = question;
    topic = reply.topic;
    if (box.value === question) box.value = "";
    if (!turn.querySelector(".carried")) remember(question); // a follow-up alone would be another question
  } else {
    turn.append(make("p", "notice", reply.notice)); // the question stays in the box, to be put right
  }
  send.disabled = false;
  fit();
  showTurn(turn);
}

function showTurn(turn) {
  scroll.scrollTop += turn.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 16;
}

// The address carries the last question, so that a reload or a colleague gets the same answer.
function remember(question) {
  const address = new URL(window.location.href);
  if (question.length <= SHAREABLE) address.searchParams.set("q", question);
  else address.searchParams.delete("q");
  if (within.value) address.searchParams.set("in", within.value);
  else address.searchParams.delete("in");
  window.history.replaceState(window.history.state, "", address);
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(box.value);
});

box.addEventListener("input", fit);
box.addEventListener("keydown", (event) => {
  // While an input method is composing, Enter belongs to it (229 is how older browsers say so).
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  ask(box.value);
});

// ---------------------------------------------------------------- the original

async function open(button) {
  const { source, spans, marks } = button.dataset;
  const reply = (await server.original({ source, spans, marks })) ?? { notice: UNREACHABLE };
  for (const old of element.querySelectorAll(".cite[aria-current]")) old.removeAttribute("aria-current");
  button.setAttribute("aria-current", "true");
  opener = button;
  find(".panel h2").textContent = button.textContent;
  find(".panel .where").textContent = [reply.name, reply.page && `第 ${reply.page} 页`].filter(Boolean).join("，");
  showFile(reply);
  if (reply.html) text.innerHTML = reply.html;
  else text.replaceChildren(make("p", "notice", reply.notice));
  panel.hidden = false;
  settle();
  back.hidden = !text.querySelector(".cited");
  text.focus({ preventScroll: true });
  showCited();
}

// The file as it came; a browser's PDF viewer goes to the page itself.
function showFile(reply) {
  const link = find(".file-link");
  link.hidden = !reply.id;
  link.href = reply.id ? `original/${reply.id}${reply.page ? `#page=${reply.page}` : ""}` : "";
}

// A cited place goes to the upper third: what stands before it is part of understanding it.
function showCited() {
  const cited = text.querySelector(".cited");
  if (!cited) text.scrollTop = 0;
  else text.scrollTop += cited.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 4;
}

function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  settle();
  text.replaceChildren();
  opener?.removeAttribute("aria-current");
  opener?.focus({ preventScroll: true });
}

// What is covered can't be reached by keyboard or read aloud.
function settle() {
  const covered = overlaid.matches && !panel.hidden;
  find(".chat").inert = covered;
  find(".top").inert = covered;
}

overlaid.addEventListener("change", settle);
back.addEventListener("click", showCited);
find(".panel .close").addEventListener("click", close);
element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

// ---------------------------------------------------------------- copying

// navigator.clipboard exists only on https and localhost; an intranet address needs the old way.
async function copy(button) {
  const done = await toClipboard(button.dataset.copy);
  button.textContent = done ? "已复制" : "请手动复制";
  setTimeout(() => (button.textContent = "复制"), 1600);
}

async function toClipboard(content) {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    const area = make("textarea", "offscreen");
    area.value = content;
    element.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// ---------------------------------------------------------------- clicks on whatever the answers bring

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".cite")) open(button);
  else if (button.matches(".copy")) copy(button);
  else if (button.matches(".chip")) ask(button.textContent);
  else if (button.matches(".carried")) answer(button.closest(".turn"), button.closest(".turn").dataset.question, null);
  else if (button.matches(".library")) showLibrary();
});

// ---------------------------------------------------------------- the library

async function loadLibrary() {
  const reply = (await server.library("")) ?? { notice: UNREACHABLE };
  if (reply.notice) {
    find(".welcome").append(make("p", "notice", reply.notice));
    return;
  }
  find(".count").textContent = `${reply.count} 篇文章`;
  find(".library").textContent = `资料 ${reply.count} 篇`;
  find(".documents > summary").textContent = `资料库里的 ${reply.count} 篇文章`;
  find(".chips").innerHTML = reply.examples;
  find(".documents > ul").innerHTML = reply.documents;
  within.insertAdjacentHTML("beforeend", reply.collections);
  find(".within").hidden = within.options.length < 3; // one collection is all there is
  if (asked.get("in")) within.value = asked.get("in");
  if (within.selectedIndex < 0) {
    within.value = "";
    find(".welcome").append(make("p", "notice", `没有名为“${asked.get("in")}”的分组，改在全部资料里找。`));
  }
}

// What was read of each file is counted when it is first wanted: in a large library that takes a moment.
let accounts = null;
async function showAccount(details) {
  if (!details.open || details.querySelector("p")) return;
  accounts ??= server.accounts("");
  const reply = await accounts;
  if (!reply) accounts = null; // the next one asks again
  const html = reply?.[details.dataset.source];
  if (html) details.insertAdjacentHTML("beforeend", html);
  else details.append(make("p", "notice", reply ? "这个文件已经不在资料库里，请刷新网页。" : UNREACHABLE));
}
element.addEventListener("toggle", (event) => event.target.matches(".account") && showAccount(event.target), true);

function showLibrary() {
  const library = find(".documents");
  library.open = true;
  library.scrollIntoView({ block: "start" });
  library.querySelector("summary").focus({ preventScroll: true });
}

const asked = new URLSearchParams(window.location.search);
loadLibrary().then(() => {
  if (!asked.get("q")) return;
  box.value = asked.get("q");
  ask(box.value);
});
fit();
box.focus({ preventScroll: true });

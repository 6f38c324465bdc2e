/* The editor of the query page in place of its text field; the page works without it.
   `.ci/browser-parts` bundles it with prism-code-editor into static/editor/. */
import { createEditor } from "prism-code-editor";
import { defaultCommands, setIgnoreTab } from "prism-code-editor/commands";
import { highlightBracketPairs } from "prism-code-editor/highlight-brackets";
import { matchBrackets } from "prism-code-editor/match-brackets";
import { insertText } from "prism-code-editor/utils";
import "prism-code-editor/prism/languages/sparql";
import "prism-code-editor/layout.css";
import "./sparql.css";

const $ = (selector, within = document) => within.querySelector(selector);
const de = document.documentElement.lang !== "en", say = (german, english) => (de ? german : english);

/** Types the line that declares a prefix of ours, once its colon is written behind it. */
const declaring = list => editor => {
  const lines = new Map();
  for (const [line, name] of list.textContent.matchAll(/PREFIX (\w+:) <[^>]*>/g)) lines.set(name, line);
  editor.textarea.addEventListener("input", event => {
    if (event.data !== ":") return;
    const { value } = editor, [at] = editor.getSelection();
    const line = lines.get(/(?:^|[\s(^/|!,;.{])(\w+:)$/.exec(value.slice(0, at))?.[1]);
    if (!line || /\b(prefix|base)\s+\w*:$/i.test(value.slice(0, at)) || value.includes(line)) return;
    const place = at + line.length + 1;
    insertText(editor, `${line}\n`, 0, 0, place, place);
  });
};

/** Shows the answer on this page, so that the query stays as it is, with what can be undone. */
const running = (form, result, said) => {
  let asked = new AbortController();
  return async event => {
    const values = new URLSearchParams(new FormData(form));
    if (values.get("format") !== "html") return; // a file, which the browser saves
    event.preventDefault();
    asked.abort();
    const { signal } = (asked = new AbortController());
    const address = `${form.action}?${values}`;
    said.textContent = say("Die Abfrage läuft …", "The query is running …");
    result.ariaBusy = "true";
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" }, signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = $("#result", page);
      if (!found) throw new Error(`no result, status ${response.status}`);
      result.replaceChildren(...found.childNodes);
      history.replaceState(null, "", address);
      said.textContent = ($("[role=status] > p", result) ?? result).textContent.trim();
    } catch {
      if (!signal.aborted) form.submit(); // the page that comes then says what is wrong
    }
    if (!signal.aborted) result.ariaBusy = null;
  };
};

const start = (field, result, prefixes) => {
  const { form } = field;
  const editor = createEditor(
    null, { language: "sparql", value: field.value, wordWrap: true },
    matchBrackets(), highlightBracketPairs(), defaultCommands(), declaring(prefixes),
  );
  setIgnoreTab(true); // Tab leads on to the next control
  const { textarea } = editor;
  for (const { name, value } of field.attributes) if (name !== "rows") textarea.setAttribute(name, value);
  field.replaceWith(editor.container);

  const said = Object.assign(document.createElement("span"), { className: "small dim", role: "status" });
  said.textContent = say("Strg + Eingabetaste führt aus.", "Ctrl + Enter runs it.");
  form.lastElementChild.append(said);
  textarea.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.requestSubmit();
  }, true);
  form.addEventListener("submit", running(form, result, said));
};

const field = $("#query"), result = $("#result"), prefixes = $("#prefixes");
if (field && result && prefixes) start(field, result, prefixes);

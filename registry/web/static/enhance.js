/* Verbund: every page works without this file. It adds copy buttons, opens what an anchor leads to, and moves row
   and pin in step. */
(() => {
  "use strict";
  const $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const de = document.documentElement.lang !== "en", say = (d, e) => (de ? d : e);
  const live = Object.assign(document.createElement("p"), { className: "vh" });
  live.setAttribute("role", "status");
  document.body.append(live);

  for (const box of $$(".code")) {
    const b = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: say("Kopieren", "Copy") });
    b.onclick = async () => {
      let ok = true;
      try { await navigator.clipboard.writeText($("pre", box).innerText); } catch { ok = false; }
      live.textContent = b.textContent = ok ? say("Kopiert", "Copied") : say("Bitte von Hand kopieren", "Please copy by hand");
      setTimeout(() => (b.textContent = say("Kopieren", "Copy")), 2500);
    };
    box.append(b);
  }

  const unfold = () => {
    const meant = $(":target");
    for (let box = meant?.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    if (meant?.closest("details")) meant.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  const facets = $(".facets");
  if (facets && matchMedia("(max-width:47.99em)").matches) facets.open = false;

  for (const row of $$(".hits > li[id]")) {
    const pin = $(`.map a[href="#${row.id}"]`);
    if (!pin) continue;
    const both = on => { row.classList.toggle("on", on); pin.classList.toggle("on", on); };
    for (const el of [row, pin]) {
      el.addEventListener("pointerenter", () => both(true));
      el.addEventListener("pointerleave", () => both(false));
      el.addEventListener("focusin", () => both(true));
      el.addEventListener("focusout", () => both(false));
    }
  }
})();

/* What a test asks of a page that Chromium shows; evaluated in the page, never served with it. */
globalThis.faces = (() => {
  const $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const seen = e => e.checkVisibility({ visibilityProperty: true });
  const words = e => e.textContent.replace(/\s+/g, " ").trim();
  const name = e => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""} ${(e.getAttribute("aria-label") || words(e) || e.name || e.className).toString().slice(0, 60)}`;
  const size = e => e.getBoundingClientRect();

  /* Everything that can be worked, in the order of the document: of radio buttons one a group. */
  const stops = () => $$("a[href], button, input, select, textarea, summary, [tabindex='0']").filter(e => {
    if (e.disabled || e.type === "hidden" || e.tabIndex < 0 || !seen(e)) return false;
    if (e.type !== "radio") return true;
    const group = $$(`input[type=radio][name="${e.name}"]`, e.form);
    return e === (group.find(one => one.checked) || group[0]);
  });

  /* What is far below the first screen is not laid out yet: no fault may hide there. */
  const whole = all => $$("section").forEach(e => { e.style.contentVisibility = all ? "visible" : ""; });
  whole(true);

  let focused = [];
  /* A field that fills a box of its own may leave the ring to that box. */
  const framed = e => e.closest(".prism-code-editor") || e;
  const ringed = stop => {
    const e = framed(stop), s = getComputedStyle(e), box = size(e);
    return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && box.width > 1 && box.height > 1
      && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
  };

  return {
    /* How far the page can be moved sideways. */
    sideways: () => {
      whole(true);
      return document.documentElement.scrollWidth - innerWidth;
    },

    /* From now on, whatever the focus comes to is noted; the page is as a reader has it. */
    follow: () => {
      whole(false);
      focused = [];
      addEventListener("focusin", on => focused.push([on.target, ringed(on.target)]));
      return stops().length;
    },
    reached: () => {
      const all = stops(), got = focused.filter(([e]) => all.includes(e));
      return {
        expected: all.map(name),
        reached: got.slice(0, all.length).map(([e]) => name(e)),
        bare: got.filter(([, ring]) => !ring).map(([e]) => name(e)),
        first: focused.length ? focused[0][0].className : ""
      };
    },
    active: () => document.activeElement.id,

    /* What paper would not show: what is cut off, and what is folded. */
    cut: () => $$("body *").filter(e => {
      const s = getComputedStyle(e);
      return seen(e) && s.position !== "absolute" && ["auto", "scroll", "hidden", "clip"].includes(s.overflowX)
        && e.scrollWidth > e.clientWidth + 1 && !["INPUT", "SELECT"].includes(e.tagName) && !e.closest("svg");
    }).map(name),
    folded: () => $$("details").filter(d => seen(d) && $$(":scope > :not(summary)", d).some(e => !seen(e) || !size(e).height)).map(name),
    dark: () => getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)",
    controls: () => $$("button, nav.nav, [type=search]").filter(seen).map(name),

    /* Whatever tells or leads somewhere: text, links, fields; what is folded counts as there. */
    content: () => $$("main :is(a[href], h1, h2, h3, h4, p, li, dt, dd, th, td, pre, [name])").filter(e => seen(e) || e.closest("details:not([open])") && seen(e.closest("details")))
      .map(e => `${e.tagName} ${e.getAttribute("href") || e.getAttribute("name") || words(e)}`)
  };
})();

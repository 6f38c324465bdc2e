/* The movable map in place of the drawn one, once somebody asks for it. Every page works without it. */
(() => {
  "use strict";
  const $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const box = $(".map[data-hits]");
  if (!box) return;
  const de = document.documentElement.lang !== "en", say = (d, e) => (de ? d : e);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet", textContent: say("Karte bewegen und vergrößern", "Move and zoom the map") });
  const said = Object.assign(document.createElement("span"), { role: "status" });
  $("figcaption", box).append(document.createElement("br"), button, " ", said);

  const style = href => new Promise((ok, no) => document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: ok, onerror: no })));
  const script = src => new Promise((ok, no) => document.head.append(Object.assign(document.createElement("script"), { src, onload: ok, onerror: no })));
  const back = (x, y) => [51.75 - y / 100, 11.8 + x / 62.9];
  const lines = path => path.split("M").slice(1).map(one => {
    const n = one.match(/[\d.]+/g).map(Number), line = [];
    for (let i = 0; i < n.length; i += 2) line.push(back(n[i], n[i + 1]));
    return line;
  });

  // What is filtered for, or Saxony; where nothing lies in it, what most hits lie in: one far away draws nothing along.
  const opening = (points, land) => {
    const corners = (w, s, e, n) => L.latLngBounds([s, w], [n, e]);
    if (box.dataset.area) return corners(...box.dataset.area.split(",").map(Number));
    if (!points.length || points.some(([x, y]) => land.contains([y, x]))) return land;
    const inner = i => {
      const all = points.map(p => p[i]).sort((a, b) => a - b), cut = Math.floor(all.length / 10);
      return [all[cut], all[all.length - 1 - cut]];
    };
    const [w, e] = inner(0), [s, n] = inner(1);
    return corners(w, s, e, n).pad(0.05);
  };

  const draw = hits => {
    const svg = $("svg", box), css = v => getComputedStyle(document.documentElement).getPropertyValue(v).trim();
    const land = lines($(".land", svg).getAttribute("d")), borders = lines($(".edge", svg).getAttribute("d"));
    const numbers = new Map($$(".hits > li[id]").map(row => [$("h3 a", row).pathname.split("/").pop(), row.id]));
    const canvas = Object.assign(document.createElement("div"), { className: "live" });
    svg.replaceWith(canvas);
    const map = L.map(canvas, { attributionControl: false, maxZoom: 18 });
    if (box.dataset.tiles) {
      L.control.attribution({ prefix: false }).addTo(map);
      const credit = Object.assign(document.createElement("i"), { textContent: box.dataset.credit }).innerHTML;
      L.tileLayer(box.dataset.tiles, { attribution: credit }).addTo(map);
    }
    const plain = box.dataset.tiles ? 0 : 1;
    L.polygon(land, { color: css("--edge"), weight: 1.5, fillColor: css("--bg"), fillOpacity: plain, interactive: false }).addTo(map);
    L.polyline(borders, { color: css("--line"), weight: 1, interactive: false }).addTo(map);
    const group = L.markerClusterGroup({
      showCoverageOnHover: false, maxClusterRadius: 36,
      iconCreateFunction: one => L.divIcon({ className: "pin more", html: String(one.getChildCount()), iconSize: [30, 30] })
    });
    for (const hit of hits) {
      const [x, y] = hit.geometry.coordinates, id = hit.id.split("/").pop(), row = numbers.get(id);
      const names = hit.properties.name, name = typeof names === "string" ? names : names[document.documentElement.lang] || Object.values(names)[0];
      const pin = L.marker([y, x], {
        title: String(name), alt: String(name),
        icon: L.divIcon({ className: `pin ${hit.properties.kind}`, html: row ? row.slice(1) : "", iconSize: row ? [26, 26] : [16, 16] })
      });
      if (row) pin.on("click keypress", on => { if (on.type === "click" || on.originalEvent.key === "Enter") location.hash = row; });
      else pin.bindPopup(() => Object.assign(document.createElement("a"), { href: hit.id, textContent: name }));
      group.addLayer(pin);
    }
    group.addTo(map);
    map.fitBounds(opening(hits.map(hit => hit.geometry.coordinates), L.latLngBounds(land.flat())), { maxZoom: 13 });
    const here = Object.assign(document.createElement("a"), { textContent: say("Liste auf diesen Ausschnitt begrenzen", "Keep the list to this part"), href: "" });
    const update = () => {
      const b = map.getBounds(), at = new URL(location.href), fix = v => v.toFixed(3);
      at.searchParams.delete("page");
      at.searchParams.set("bbox", [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map(fix).join(","));
      at.hash = "";
      here.href = at.href;
    };
    map.on("moveend", update);
    update();
    button.replaceWith(here);
    said.textContent = hits.length ? say("Die Karte zeigt alle Treffer mit Punkt.", "The map shows all hits that have a point.") : say("Keiner der Treffer hat einen Punkt.", "None of the hits has a point.");
    if (hits.length) $("figcaption span", box).textContent = say(
      "Ein Kreis mit Zahl: Nummer in der Liste. Ein Kasten mit Zahl: so viele Treffer liegen dort beieinander. Ein Kreis ohne Zahl: Treffer einer anderen Seite.",
      "A disc with a number: number in the list. A box with a number: so many hits lie there together. A disc without a number: a hit of another page.");
  };

  button.onclick = async () => {
    button.disabled = true;
    try {
      const [answer] = await Promise.all([fetch(box.dataset.hits), style(box.dataset.style), script(box.dataset.leaflet)]);
      if (!answer.ok) throw new Error(answer.status);
      await script(box.dataset.clusters);
      draw((await answer.json()).features.filter(hit => hit.geometry));
    } catch {
      button.disabled = false;
      said.textContent = say("Die Karte lädt gerade nicht. Bitte noch einmal versuchen.", "The map does not load now. Please try again.");
    }
  };
})();

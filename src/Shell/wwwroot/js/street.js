// The street map: Leaflet over the city's own outline and one layer's GeoJSON, read again when its topic changes.
(() => {
  'use strict';
  const element = document.getElementById('street');
  if (!element || !window.L) return;
  const data = element.dataset;
  const map = L.map(element, { preferCanvas: true });
  if (data.tiles) L.tileLayer(data.tiles, { attribution: data.attribution || '', maxZoom: 19 }).addTo(map);
  map.attributionControl.setPrefix('Leaflet');
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let shown = null, ground = null;
  const label = feature => {
    const text = document.createElement('span');
    const value = feature.properties[data.column];
    text.textContent = `${feature.properties[data.name] ?? ''} ${value ?? '—'}`;
    return text;
  };
  async function draw() {
    const answer = await fetch(data.layer, { headers: { Accept: 'application/geo+json' } });
    if (!answer.ok) return;
    const layer = L.geoJSON(await answer.json(), {
      style: () => ({ color: colour('--accent'), weight: 1.5, fillOpacity: 0.15 }),
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: 8, color: colour('--surface'), weight: 2, fillColor: colour('--accent'), fillOpacity: 1 }),
      onEachFeature: (feature, drawn) => drawn.bindTooltip(() => label(feature)),
    });
    if (shown) map.removeLayer(shown); else if (layer.getBounds().isValid()) map.fitBounds(layer.getBounds().pad(0.05), { maxZoom: 13 }); else if (ground) map.fitBounds(ground);
    shown = layer.addTo(map);
  }
  fetch(data.outline).then(answer => answer.ok ? answer.json() : null).then(outline => {
    if (outline) ground = L.geoJSON(outline, { interactive: false, style: () => ({ color: colour('--map-line'), weight: 1.2, fill: false }) }).addTo(map).getBounds();
    return draw();
  });
  document.getElementById('live')?.addEventListener(data.topic, draw);
})();

// What the pages do beyond HTML: ages that count, the state of the live stream, the map's layers and arrow keys.
// Everything is readable without it. The one script that knows how htmx and server-sent events are spelt.
(() => {
  'use strict';
  const stream = document.getElementById('live');
  const state = document.querySelector('[data-live-state]');
  const pauseButton = document.querySelector('[data-live-pause]');
  const ageWords = JSON.parse(document.body.dataset.ages || '{}');

  // ages: the server sends an instant, the reader's clock counts; a clock that is wrong is corrected by the server's
  const skew = Number(document.body.dataset.now) ? Date.now() - Number(document.body.dataset.now) : 0;
  // a browser that has no names of days and months in a language would write M11: there the date is digits
  function clockOf({ lang, zone }) {
    const named = !/^M\d/.test(new Intl.DateTimeFormat(lang, { month: 'short' }).format(0));
    return new Intl.DateTimeFormat(named ? lang : 'ru', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', ...(named ? { weekday: 'short', day: 'numeric', month: 'short' } : { day: '2-digit', month: '2-digit', year: 'numeric' }) });
  }
  function ageText(seconds) {
    if (seconds < 2) return ageWords.now;
    const [unit, size] = seconds < 120 ? ['s', 1] : seconds < 7200 ? ['m', 60] : seconds < 172800 ? ['h', 3600] : ['d', 86400];
    return ageWords[unit].replace('{0}', Math.floor(seconds / size));
  }
  // a page of the past stands still
  const frozen = document.body.dataset.past === 'true' ? Number(document.body.dataset.now) : 0;
  function tellAges() {
    const now = frozen || Date.now() - skew;
    for (const time of document.querySelectorAll('time[data-age]')) {
      time.dataset.asof ??= time.textContent;
      const instant = time.getAttribute('datetime');
      if (time.dataset.told !== instant) { time.dataset.told = instant; if (!time.textContent.includes('·')) time.dataset.asof = time.textContent; }
      const text = ageText(Math.max(0, Math.round((now - Date.parse(instant)) / 1000)));
      if (time.textContent !== text) time.textContent = text;
      time.setAttribute('aria-label', time.dataset.asof + ', ' + text);
    }
    for (const clock of document.querySelectorAll('[data-clock]'))
      clock.textContent = clockOf(clock.dataset).format(now);
  }
  setInterval(tellAges, 1000);
  tellAges();

  // the live stream
  function tellState(value) {
    if (!state) return;
    state.dataset.live = value;
    state.textContent = state.dataset[value];
  }
  if (stream) {
    stream.addEventListener('htmx:sse:after:connection', event => tellState(event.detail.connection.status === 200 ? 'on' : 'off'));
    // too many streams of one session or address: what is new comes each time it asks again
    stream.addEventListener('full', () => tellState('full'));
    stream.addEventListener('htmx:sse:error', () => tellState('off'));
    stream.addEventListener('htmx:sse:before:connection', event => {
      if (event.detail.connection.attempt > 0 && state?.dataset.live !== 'full') tellState('off');
    });
    // values do not move under a reader who asked them not to
    let paused = false;
    stream.addEventListener('htmx:sse:before:message', event => {
      if (paused && !event.detail.message.event) event.preventDefault();
    });
    stream.addEventListener('htmx:sse:after:message', tellAges);
    if (pauseButton) {
      pauseButton.hidden = false;
      pauseButton.addEventListener('click', () => {
        paused = !paused;
        pauseButton.setAttribute('aria-pressed', String(paused));
        if (paused) tellState('paused'); else location.reload();
      });
    }
  }
  document.addEventListener('htmx:after:swap', tellAges);
  // the line break at the end of a fragment would stay beside the block it replaces, one more at each update
  document.addEventListener('htmx:after:request', event => { const { ctx } = event.detail; if (ctx?.text) ctx.text = ctx.text.trim(); });

  // the map: a layer is turned on without leaving the page, and the address says so
  const map = document.getElementById('map');
  map?.addEventListener('click', event => {
    const link = event.target.closest('[data-layer-switch]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const isFill = link.dataset.style === 'fill';
    const turnOn = link.getAttribute('aria-current') !== 'true';
    for (const other of map.querySelectorAll('[data-layer-switch]')) {
      const on = other === link ? turnOn : other.getAttribute('aria-current') === 'true' && !(isFill && other.dataset.style === 'fill');
      if (on) other.setAttribute('aria-current', 'true'); else other.removeAttribute('aria-current');
      for (const part of map.querySelectorAll(`[data-layer="${CSS.escape(other.dataset.layerSwitch)}"]`))
        part.hidden = !on || part.classList.contains('legend') && other.dataset.style !== 'fill';
    }
    const current = [...map.querySelectorAll('[data-layer-switch][aria-current=true]')];
    const query = new URLSearchParams(location.search);
    query.set('theme', current.find(l => l.dataset.style === 'fill')?.dataset.layerSwitch ?? 'none');
    const glyphs = current.filter(l => l.dataset.style === 'glyph').map(l => l.dataset.layerSwitch).join(',');
    if (glyphs) query.set('layers', glyphs); else query.delete('layers');
    history.replaceState(null, '', location.pathname + '?' + query.toString().replace(/%2C/g, ','));
  });

  // on the wall no name or value stands on the seam between two rows of panels; each area's pair is moved together
  function leaveSeams() {
    if (innerWidth < 5000 || !map) return;
    const seam = 1080 - scrollY, margin = 52;
    const names = [...map.querySelectorAll('.map__lines .name')];
    const shifts = names.map(name => {
      name.removeAttribute('transform');
      const box = name.getBoundingClientRect();
      const [top, bottom] = [box.top, box.bottom + box.height * 1.7];
      if (bottom < seam - margin || top > seam + margin) return 0;
      const [up, down] = [seam - margin - bottom, seam + margin - top];
      return (Math.abs(up) < down ? up : down) / name.ownerSVGElement.getScreenCTM().a;
    });
    names.forEach((name, i) => shifts[i] && name.setAttribute('transform', `translate(0 ${shifts[i]})`));
    for (const values of map.querySelectorAll('.map__values'))
      [...values.children].forEach(value => {
        const i = names.findIndex(name => name.dataset.area === value.dataset.area);
        if (shifts[i]) value.setAttribute('transform', `translate(0 ${shifts[i]})`); else value.removeAttribute('transform');
      });
  }
  leaveSeams();
  document.fonts?.ready.then(leaveSeams);
  document.addEventListener('htmx:after:swap', leaveSeams);
  stream?.addEventListener('htmx:sse:after:message', leaveSeams);

  // arrow keys walk to the neighbour that lies in that direction
  map?.addEventListener('keydown', event => {
    const direction = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    const here = event.target.closest('.area');
    if (!direction || !here) return;
    event.preventDefault();
    const middle = area => { const b = area.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; };
    const [x, y] = middle(here);
    let best = null, bestAngle = Math.cos(Math.PI / 3);
    for (const code of here.dataset.near.split(' ').filter(Boolean)) {
      const there = map.querySelector(`.area[data-area="${CSS.escape(code)}"]`);
      const [dx, dy] = [middle(there)[0] - x, middle(there)[1] - y];
      const along = (dx * direction[0] + dy * direction[1]) / Math.hypot(dx, dy);
      if (along > bestAngle) [best, bestAngle] = [there, along];
    }
    best?.focus();
  });

  // a chart is read point by point: the nearest to the pointer, or by arrow keys; the words come from its own table
  for (const chart of document.querySelectorAll('svg[data-chart]')) {
    const figure = chart.closest('figure');
    const rows = [...figure.querySelectorAll('tr[data-x]')];
    const heads = [...figure.querySelectorAll('thead th')].map(th => th.textContent);
    const here = chart.querySelector('[data-here]');
    const said = figure.querySelector('[data-said]');
    let at = rows.length - 1;
    const show = index => {
      at = Math.max(0, Math.min(rows.length - 1, index));
      const row = rows[at];
      here.removeAttribute('hidden');
      here.setAttribute('transform', `translate(${row.dataset.x} 0)`);
      const dot = here.querySelector('circle');
      if (row.dataset.y) dot.setAttribute('cy', row.dataset.y);
      dot.toggleAttribute('hidden', !row.dataset.y);
      said.textContent = [...row.cells].map((cell, i) => i ? `${heads[i]} ${cell.textContent}` : cell.textContent).join(' · ');
    };
    chart.addEventListener('keydown', event => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e6, End: 1e6 }[event.key];
      if (!step) return;
      event.preventDefault();
      show(at + step);
    });
    chart.addEventListener('pointermove', event => {
      const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse()).x;
      show(rows.reduce((best, row, i) => Math.abs(row.dataset.x - x) < Math.abs(rows[best].dataset.x - x) ? i : best, 0));
    });
  }

  // the slider of the time bar moves the field beside it; the form's button goes there
  for (const slide of document.querySelectorAll('[data-slide]')) {
    const field = slide.form.querySelector('input[type=datetime-local]');
    slide.parentElement.hidden = false;
    slide.setAttribute('aria-valuetext', field.value.replace('T', ' '));
    slide.addEventListener('input', () => {
      field.value = new Date(Date.parse(slide.dataset.slide + 'Z') + slide.value * 60_000).toISOString().slice(0, 19);
      slide.setAttribute('aria-valuetext', field.value.replace('T', ' '));
    });
  }

  // pictures of this very moment, while somebody looks: shown when they are whole, so nothing flickers
  setInterval(() => {
    if (document.hidden) return;
    for (const now of document.querySelectorAll('img[data-again]')) {
      const next = now.cloneNode();
      // a lazy picture that stands on no page never comes, and what waits for it never goes
      next.loading = 'eager';
      next.src = now.dataset.again + '?t=' + Date.now();
      next.decode().then(() => now.replaceWith(next), () => {});
    }
  }, 10_000);

  // a menu that was opened closes by Escape and by a click elsewhere
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const open of document.querySelectorAll('details.pick[open]')) { open.open = false; open.querySelector('summary').focus(); }
  });
  document.addEventListener('click', event => {
    for (const open of document.querySelectorAll('details.pick[open]')) if (!open.contains(event.target)) open.open = false;
  });
})();

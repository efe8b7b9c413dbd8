// Drawing a guess: by mouse or touch over the hidden part, by arrow keys in a field, or by typing. The fields are what is sent;
// without this script they are all there is.
(() => {
  'use strict';
  const form = document.querySelector('form[data-guess][data-open=true]');
  if (!form) return;
  const svg = form.querySelector('svg'), line = form.querySelector('[data-mine]');
  const dots = [...form.querySelectorAll('circle')], fields = [...form.querySelectorAll('[data-guess-field]')];
  const low = Number(form.dataset.low), high = Number(form.dataset.high), decimals = Number(form.dataset.decimals);
  const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
  const top = 12, bottom = height - 28, start = { x: Number(svg.querySelector('.hide').getAttribute('x')), y: Number(line.dataset.start) };
  form.querySelector('[data-guess-how]').hidden = false;
  const y = value => top + (high - value) / (high - low) * (bottom - top);
  const value = at => high - (at - top) / (bottom - top) * (high - low);
  const number = field => { const text = field.value.replaceAll(',', '').trim(); return text === '' || Number.isNaN(Number(text)) ? null : Number(text); };
  function draw() {
    let path = `M${start.x} ${start.y}`;
    dots.forEach((dot, i) => {
      const guess = number(fields[i]);
      dot.toggleAttribute('hidden', guess === null);
      if (guess === null) return;
      const at = Math.max(top, Math.min(bottom, y(guess)));
      dot.setAttribute('cy', at);
      path += `L${dot.dataset.x} ${at}`;
    });
    line.setAttribute('d', path);
  }
  const set = (i, guess) => { fields[i].value = Math.max(low, Math.min(high, guess)).toFixed(decimals); };
  let last = -1;
  function follow(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const nearest = dots.reduce((best, dot, i) => Math.abs(dot.dataset.x - point.x) < Math.abs(dots[best].dataset.x - point.x) ? i : best, 0);
    const guess = value(Math.max(top, Math.min(bottom, point.y)));
    // a quick hand skips periods: those between are filled along the way
    if (last >= 0 && Math.abs(nearest - last) > 1) {
      const from = number(fields[last]) ?? guess, step = Math.sign(nearest - last);
      for (let i = last + step; i !== nearest; i += step) set(i, from + (guess - from) * Math.abs(i - last) / Math.abs(nearest - last));
    }
    set(nearest, guess);
    last = nearest;
    draw();
  }
  svg.addEventListener('pointerdown', event => { if (event.button) return; event.preventDefault(); svg.setPointerCapture(event.pointerId); last = -1; follow(event); });
  svg.addEventListener('pointermove', event => { if (svg.hasPointerCapture(event.pointerId)) follow(event); });
  fields.forEach((field, i) => {
    field.addEventListener('input', draw);
    field.addEventListener('keydown', event => {
      const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!step) return;
      event.preventDefault();
      const before = number(field) ?? number(fields[i - 1] ?? field) ?? value(start.y);
      set(i, before + step * Math.max((high - low) / 100, 10 ** -decimals));
      draw();
    });
  });
  draw();
})();

// Live video of one camera: pictures one behind the other, each with its state and its delay in words. It plays while the page is seen, stops by
// a press, and begins by itself unless the reader wants less motion. When it ends, the page goes back to stills and tries again.
(() => {
  'use strict';
  const face = document.querySelector('[data-video]');
  if (!face) return;
  const [img, said, press] = [face.querySelector('img'), face.querySelector('.cam__said'), document.querySelector('[data-play]')];
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', img.alt);
  canvas.hidden = true;
  img.after(canvas);
  const pen = canvas.getContext('2d');
  let wanted = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  let playing = null;

  function tell() {
    press.hidden = false;
    press.setAttribute('aria-pressed', String(wanted));
    press.textContent = wanted ? press.dataset.stop : press.dataset.play;
  }
  function stills() {
    canvas.hidden = true;
    face.querySelector('img').hidden = false;
    delete face.dataset.playing;
  }

  async function show(head, body) {
    const word = /\r\nX-Word: ([^\r]*)/.exec(head), state = /\r\nX-State: ([a-z]+)/.exec(head);
    face.dataset.state = state ? state[1] : 'live';
    if (word) said.textContent = decodeURIComponent(word[1]);
    if (!body.length) return;
    const picture = await createImageBitmap(new Blob([body]));
    if (canvas.width !== picture.width || canvas.height !== picture.height) [canvas.width, canvas.height] = [picture.width, picture.height];
    pen.drawImage(picture, 0, 0);
    picture.close();
    face.dataset.playing = '';
    canvas.hidden = false;
    face.querySelector('img').hidden = true;
  }

  // our own server writes the length of every part
  async function read(stream) {
    const text = new TextDecoder();
    let held = new Uint8Array(0);
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return;
      const more = new Uint8Array(held.length + value.length);
      more.set(held);
      more.set(value, held.length);
      held = more;
      for (;;) {
        let end = -1;
        for (let i = 0; i + 3 < held.length && i < 4096; i++) if (held[i] === 13 && held[i + 1] === 10 && held[i + 2] === 13 && held[i + 3] === 10) { end = i; break; }
        if (end < 0) break;
        const head = text.decode(held.subarray(0, end));
        const length = Number(/\r\nContent-Length: (\d+)/.exec(head)[1]);
        if (held.length < end + 4 + length + 2) break;
        await show(head, held.slice(end + 4, end + 4 + length));
        held = held.slice(end + 4 + length + 2);
      }
    }
  }

  async function play() {
    if (playing || !wanted || document.hidden) return;
    const stop = playing = new AbortController();
    try {
      const answer = await fetch(face.dataset.video, { signal: stop.signal });
      if (answer.ok && answer.body) await read(answer.body.getReader());
      // not for this reader any longer: the page itself says what to do
      if (answer.status === 404) { wanted = false; tell(); said.textContent = press.dataset.closed; face.dataset.state = 'dead'; }
    } catch { /* cut, or stopped by hand: stills say how the camera is */ }
    playing = null;
    stills();
    if (wanted && !stop.signal.aborted) setTimeout(play, 10000);
  }
  function halt() { playing?.abort(); }

  press.addEventListener('click', () => {
    wanted = !wanted;
    tell();
    if (wanted) play(); else halt();
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) halt(); else play(); });
  addEventListener('pagehide', halt);
  tell();
  play();
})();

// Live video in pieces of one camera. The player is fetched only when video is wanted; where a browser cannot use it but plays such lists
// itself, it does. It plays while the page is seen, stops by a press, and begins by itself unless the reader wants less motion. When it
// cannot, the page says why, shows stills and tries again.
(() => {
  'use strict';
  const face = document.querySelector('[data-hls]');
  if (!face) return;
  const [img, said, press, why] = [face.querySelector('img'), face.querySelector('.cam__said'), document.querySelector('[data-play]'), document.querySelector('[data-why]')];
  const type = 'application/vnd.apple.mpegurl', patience = 20000, rest = 15000;
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.setAttribute('aria-label', img.alt);
  video.hidden = true;
  img.after(video);
  let wanted = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  let player = null, tries = 0, late = 0, again = 0, moved = 0, skew = 0;

  function tell() {
    press.hidden = false;
    press.setAttribute('aria-pressed', String(wanted));
    press.textContent = wanted ? press.dataset.stop : press.dataset.play;
  }
  function stills() {
    video.hidden = true;
    face.querySelector('img').hidden = false;
    delete face.dataset.playing;
  }
  function halt() {
    tries++;
    clearTimeout(late);
    clearTimeout(again);
    player?.destroy();
    player = null;
    video.removeAttribute('src');
    video.load();
    stills();
  }
  // not for this reader any longer: the page says so and asks no more
  function closed() {
    halt();
    wanted = false;
    tell();
    face.dataset.state = 'dead';
    said.textContent = why.textContent = press.dataset.closed;
  }
  function fail(message) {
    halt();
    why.textContent = message;
    if (wanted) again = setTimeout(play, rest);
  }
  const library = () => window.Hls ? Promise.resolve() : new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = press.dataset.player;
    script.addEventListener('load', done);
    script.addEventListener('error', () => { script.remove(); failed(); });
    document.head.append(script);
  });

  async function play() {
    if (player || !wanted || document.hidden) return;
    halt();
    const mine = tries;
    why.textContent = press.dataset.starting;
    late = setTimeout(() => fail(press.dataset.failed), patience);
    try { await library(); } catch { if (mine === tries) fail(press.dataset.failed); return; }
    // another press, or another page in front, while the player came
    if (mine !== tries) return;
    if (Hls.isSupported()) {
      // a worker would need more rights than a page here has; it holds no more than it shows
      player = new Hls({ enableWorker: false, backBufferLength: 10, maxBufferLength: 20, liveSyncDurationCount: 2 });
      player.on(Hls.Events.ERROR, (_, error) => {
        if (error.response?.code === 404 && (error.details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR || error.details === Hls.ErrorDetails.LEVEL_LOAD_ERROR)) closed();
        else if (error.fatal) fail(error.type === Hls.ErrorTypes.MEDIA_ERROR ? press.dataset.unable : press.dataset.failed);
      });
      // the delay is told by the clock of the city, not by that of this device
      player.on(Hls.Events.LEVEL_LOADED, (_, data) => {
        const date = Date.parse(data.networkDetails?.getResponseHeader?.('Date') ?? '');
        if (date) skew = date - Date.now();
      });
      player.loadSource(face.dataset.hls);
      player.attachMedia(video);
    } else if (video.canPlayType(type)) video.src = face.dataset.hls;
    else { wanted = false; tell(); fail(press.dataset.unable); return; }
    video.play().catch(() => { /* a press is needed, or it was stopped meanwhile; patience ends it */ });
  }

  video.addEventListener('error', () => { if (!player && video.src && wanted) fail(press.dataset.failed); });
  video.addEventListener('timeupdate', () => {
    // pictures that move: anything else is not called live
    if (video.readyState < 2 || video.currentTime === moved || !wanted) return;
    moved = video.currentTime;
    clearTimeout(late);
    late = setTimeout(() => fail(press.dataset.failed), patience);
    if (video.hidden) {
      face.dataset.playing = '';
      video.hidden = false;
      face.querySelector('img').hidden = true;
      why.textContent = '';
    }
    const shown = player?.playingDate ?? (video.getStartDate && !isNaN(video.getStartDate()) ? new Date(video.getStartDate().getTime() + 1000 * video.currentTime) : null);
    const behind = shown ? Math.max(0, Math.round((Date.now() + skew - shown) / 1000)) : null;
    const word = shown ? press.dataset.behind.replace('{0}', shown.toLocaleTimeString('en-GB', { timeZone: press.dataset.zone || undefined })).replace('{1}', behind) : press.dataset.live;
    // a camera that hangs is sent on as video too
    const frozen = face.dataset.seen === 'frozen';
    face.dataset.state = frozen ? 'frozen' : 'live';
    const told = frozen ? face.dataset.seenWord : word;
    if (said.textContent !== told) said.textContent = told;
  });
  press.addEventListener('click', () => {
    wanted = !wanted;
    tell();
    if (wanted) play(); else { halt(); why.textContent = ''; }
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) halt(); else play(); });
  addEventListener('pagehide', halt);
  tell();
  play();
})();

// Cameras that are watched: every ten seconds the page asks how they are, and takes only the pictures that changed. A picture is decoded
// before it is shown, so nothing flickers. Without this script the page shows the pictures of the moment it was opened.
(() => {
  'use strict';
  const beat = 10000;
  for (const wall of document.querySelectorAll('[data-cameras]')) {
    const faces = new Map([...wall.querySelectorAll('[data-camera]')].map(face => [face.dataset.camera, face]));
    const address = wall.dataset.cameras + [...faces.keys()].map(id => '&camera=' + encodeURIComponent(id)).join('');
    let asking = false;

    async function show(face, view) {
      // a live video says itself how it is; that its pictures stand still only the stills tell
      [face.dataset.seen, face.dataset.seenWord] = [view.state, view.word];
      if ('playing' in face.dataset) return;
      face.querySelector('.cam__said').textContent = view.word;
      face.dataset.state = view.state;
      if (!view.version || view.version === face.dataset.version) return;
      const next = new Image(320, 240);
      next.src = `/traffic/cameras/${encodeURIComponent(view.id)}/still?v=${view.version}`;
      try { await next.decode(); } catch { return; }
      const now = face.querySelector('img');
      next.alt = now.alt;
      now.replaceWith(next);
      face.dataset.version = view.version;
    }

    async function ask() {
      // nobody watches a hidden page, and its cameras are left alone; a wall is always watched
      if (asking || document.hidden) return;
      asking = true;
      let soon = false;
      try {
        const answer = await fetch(address, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(20000) });
        if (!answer.ok) throw new Error(String(answer.status));
        for (const view of await answer.json()) {
          soon ||= view.state === 'waiting';
          const face = faces.get(view.id);
          if (face) show(face, view);
        }
      } catch {
        // the city itself cannot be reached: say so, keep what there is, go on asking
        for (const face of faces.values()) { if ('playing' in face.dataset) continue; face.dataset.state = 'lost'; face.querySelector('.cam__said').textContent = wall.dataset.lost; }
      }
      asking = false;
      if (soon) setTimeout(ask, 2000);
    }
    ask();
    setInterval(ask, beat);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
  }
})();

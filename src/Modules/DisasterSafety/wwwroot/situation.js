// The situation view of a room: says plainly when the city cannot be reached or rights have ended, catches up by itself, and shows one incident
// after the other for who asks for it. Nothing in it waits for something that may never come.
(() => {
  'use strict';
  const bar = document.querySelector('[data-room]');
  const live = document.getElementById('live');
  if (!bar) return;
  const told = bar.querySelector('[data-room-state]');
  const here = location.pathname;
  let state = 'on', caughtUp = Date.now();

  // the room is fetched anew as if its topic had changed
  function catchUp() {
    caughtUp = Date.now();
    live?.dispatchEvent(new CustomEvent(bar.dataset.room));
  }

  function tell(now) {
    if (now === state) return;
    const before = state;
    state = now;
    bar.dataset.state = now;
    told.textContent = now === 'on' ? '' : bar.dataset[now];
    bar.querySelector('[data-again-in]').hidden = now !== 'ended';
    document.getElementById('room')?.toggleAttribute('data-old', now !== 'on');
    if (now === 'on' && before === 'ended') location.reload();
    else if (now === 'on') catchUp();
  }

  async function pulse() {
    try {
      const answer = await fetch(here + '?handler=Pulse', { signal: AbortSignal.timeout(8000), redirect: 'manual' });
      if (answer.ok) tell('on');
      else if (answer.status === 401 || answer.status === 403 || answer.status === 404 || answer.type === 'opaqueredirect') tell('ended');
      else tell('lost');
    } catch { tell('lost'); }
    // a message may have been missed without anybody noticing
    if (state === 'on' && Date.now() - caughtUp > 300000) catchUp();
    beat(state === 'on' ? 10000 : 3000);
  }
  // one beat waits at a time: a second chain of them would never end
  let waiting = 0;
  function beat(ms) { clearTimeout(waiting); waiting = setTimeout(pulse, ms); }
  beat(10000);
  addEventListener('online', () => { if (state === 'lost') beat(500); });

  // scenes: one incident of the list after the other
  const seconds = Number(bar.dataset.seconds) || 20;
  const turn = bar.querySelector('[data-turn]');
  let turning = false, timer = 0, touched = 0;
  function show(step) {
    const links = [...document.querySelectorAll('#room .dis-pick a')];
    if (!links.length) return;
    const at = links.findIndex(l => l.getAttribute('aria-current') === 'true');
    const address = new URL(links[(at + step + links.length) % links.length].href);
    address.searchParams.set('handler', 'Room');
    // whether it comes or not, the next turn comes by its own clock
    htmx.ajax('GET', address.pathname + address.search, { target: '#room', swap: 'outerMorph' })?.catch?.(() => {});
  }
  function next() {
    clearTimeout(timer);
    if (!turning) return;
    timer = setTimeout(() => {
      try {
        // whoever works here is not interrupted
        if (state === 'on' && !document.hidden && Date.now() - touched > 30000) show(1);
      } catch { /* the next turn comes all the same */ }
      next();
    }, seconds * 1000);
  }
  function tellTurn() {
    turn.setAttribute('aria-pressed', String(turning));
    turn.textContent = turning ? turn.dataset.pause : turn.dataset.start;
    const query = new URLSearchParams(location.search);
    if (turning) query.set('scenes', seconds); else query.delete('scenes');
    history.replaceState(null, '', here + (query.size ? '?' + query : ''));
  }
  for (const button of bar.querySelectorAll('button')) button.hidden = false;
  turn.addEventListener('click', () => { turning = !turning; tellTurn(); next(); });
  for (const step of bar.querySelectorAll('[data-step]'))
    step.addEventListener('click', () => { touched = Date.now(); show(Number(step.dataset.step)); });
  document.addEventListener('keydown', event => {
    touched = Date.now();
    if (event.key === 'Escape' && turning) { turning = false; tellTurn(); next(); }
  });
  document.addEventListener('pointerdown', event => { if (!bar.contains(event.target)) touched = Date.now(); });
  // asked for by the address, as a wall that was started again has it; not for who wants less motion
  if (bar.dataset.start === 'true' && !matchMedia('(prefers-reduced-motion: reduce)').matches) { turning = true; tellTurn(); next(); }
})();

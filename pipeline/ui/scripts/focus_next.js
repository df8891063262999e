// After a button has gone from the page: the keyboard goes on at the next part instead of the page's start.
() => {
  const before = Date.now();
  const focusNext = () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const parts = ['#stop', '#repair-stop', '#repair-accept', '#repair-read', '#documents .document'];
    const next = parts.map(part => document.querySelector(part)).find(part => part?.offsetParent && !part.disabled);
    if (next) next.focus({ preventScroll: true });
    if ((!next || document.activeElement !== next) && Date.now() - before < 2000) setTimeout(focusNext, 50);
  };
  focusNext();
}

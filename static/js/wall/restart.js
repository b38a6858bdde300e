// Lets the browser keep a page for when it starts while no server answers.
(() => {
  const WALL = "/admin/ops/wall";
  const WORKER = `${WALL}/worker.js`;

  // The only address that this page may ever run a worker from.
  const createScriptURL = (address) => {
    if (address !== WORKER) throw new TypeError("not the wall's worker");
    return address;
  };

  const policy = window.trustedTypes?.createPolicy("wall", { createScriptURL });
  const script = policy ? policy.createScriptURL(WORKER) : WORKER;
  // Over plain http, but for this very machine, a browser has no workers.
  navigator.serviceWorker?.register(script, { scope: WALL }).catch(() => undefined);
})();

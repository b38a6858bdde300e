// A clock that ticks, boards that take turns, and a picture that never stands quite still.
(() => {
  const STILL = 300; // seconds
  const SHIFTS = [[0, 0], [8, 0], [8, 8], [0, 8], [-8, 8], [-8, 0], [-8, -8], [0, -8], [8, -8]];
  const places = Number(document.documentElement.dataset.boards);
  const turn = Number(document.documentElement.dataset.turn);
  const rotated = (list, by) => list.map((_, index) => list[(index + by) % list.length]);

  // Alarms first, always in the same order; only what is calm changes its place.
  const arrange = (seconds) => {
    const all = [...document.querySelectorAll(".board")];
    const alarms = all.filter((board) => "alarm" in board.dataset);
    const calm = all.filter((board) => !("alarm" in board.dataset));
    const pace = all.length > places ? turn : STILL;
    const turns = pace ? Math.floor(seconds / pace) : 0;
    const first = alarms.length > places ? rotated(alarms, turns) : alarms;
    [...first, ...rotated(calm, turns)].forEach((board, index) => {
      board.style.order = index;
      board.hidden = index >= places;
    });
  };

  const tick = () => {
    const now = window.opsClock();
    const seconds = Math.floor(now / 1000);
    const [x, y] = SHIFTS[Math.floor(seconds / STILL) % SHIFTS.length];
    document.getElementById("poll").style.translate = `${x}px ${y}px`;
    for (const clock of document.querySelectorAll(".clock time")) {
      clock.textContent = new Date(now).toISOString().slice(11, 19);
    }
    arrange(seconds);
  };

  document.addEventListener("ops:swapped", tick);
  setInterval(tick, 1000);
  tick();
})();

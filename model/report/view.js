// The frame around two worlds: tells how far they are, draws them anew while they run, and asks for another world.
(() => {
  "use strict";
  const LOOK_EVERY = 1500, REDRAW_EVERY = 8000;  // milliseconds; a page that is drawn all the time cannot be read
  const worlds = [
    { frame: document.getElementById("first"), said: document.getElementById("first-said"), name: document.getElementById("worlds").dataset.run, shown: -1, at: 0 },
    { frame: document.getElementById("second"), said: document.getElementById("second-said"), name: "", shown: -1, at: 0 },
  ];
  const slider = document.getElementById("depth"), depth = document.getElementById("depth-said");
  const again = document.getElementById("again"), trouble = document.getElementById("trouble");

  function show(world, state) {
    const how = state.complete ? "whole" : state.running ? "running" : "unfinished";
    world.said.textContent = `${state.name}: ${state.events.toLocaleString("en")} events, ${state.date || "nothing sealed yet"}, ${how}`;
    const early = !state.complete && Date.now() - world.at < REDRAW_EVERY;
    if (state.events === world.shown || early) return;
    world.shown = state.events;
    world.at = Date.now();
    world.frame.src = `/page?run=${encodeURIComponent(state.name)}&events=${state.events}`;
    world.frame.parentElement.hidden = false;
  }

  async function look(world) {
    if (!world.name) return;
    const answer = await fetch(`/state?run=${encodeURIComponent(world.name)}`);
    if (answer.ok) {
      const state = await answer.json();
      show(world, state);
      if (world === worlds[1]) again.disabled = state.running;
      trouble.textContent = state.trouble || "";
    }
  }

  async function tick() {
    try {
      for (const world of worlds) await look(world);
    } catch (gone) {
      trouble.textContent = "The server was stopped.";
      return;
    }
    setTimeout(tick, LOOK_EVERY);
  }

  if (slider) {
    slider.addEventListener("input", () => { depth.textContent = `${slider.value} %`; });
    again.addEventListener("click", async () => {
      again.disabled = true;
      const answer = await fetch("/again", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ percent: Number(slider.value) }),
      });
      const told = await answer.json();
      if (!answer.ok) {
        trouble.textContent = told.error;
        again.disabled = false;
        return;
      }
      worlds[1].name = told.name;
      worlds[1].shown = -1;
      worlds[1].at = 0;
      await look(worlds[1]);
    });
  }
  tick();
})();

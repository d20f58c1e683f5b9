(() => {
  "use strict";
  const all = (found, within = document) => [...within.querySelectorAll(found)];
  const search = document.getElementById("search");
  const rows = all("tbody");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const chosen = () => document.querySelector("input[name=group]:checked").value;
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      const found = words.every((word) => texts[index].includes(word));
      row.classList.toggle("unfound", !found);
      if (found && ["all", row.dataset.group].includes(chosen())) count += 1;
    });
    document.getElementById("shown").textContent = `${count} of ${rows.length} rows shown`;
    document.getElementById("none").hidden = count > 0;
  };
  const open = (state) => all("details").forEach((each) => { each.open = state; });
  const follow = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named && named.tagName === "DETAILS") named.open = true;
  };
  document.querySelector(".needs-script").hidden = false;
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("form").addEventListener("input", show);
  document.getElementById("open-all").addEventListener("click", () => open(true));
  document.getElementById("close-all").addEventListener("click", () => open(false));
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => open(true));
  follow();
  show();
})();

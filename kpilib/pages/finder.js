// Narrows and orders the table of indicators, and keeps both in the address; without this script the whole table stands.
(function () {
  var form = document.getElementById("finder"), table = document.getElementById("indicators"), body = table.tBodies[0];
  var rows = Array.from(body.rows), heads = Array.from(table.querySelectorAll("th[data-key]"));
  var choices = ["rating", "page", "directorate", "direction"], caption = table.caption.textContent;
  var sort = "", down = false;

  // A choice is worth its place in its list, whose last says that nothing is known.
  function worth(row) {
    var said = row.dataset[sort], list = form.elements[sort];
    if (sort === "name") { return said; }
    if (!list) { return said ? Number(said) : null; }
    var place = Array.from(list.options).findIndex(function (option) { return option.value === said; });
    return place < list.options.length - 1 ? place : null;
  }

  // What is not known comes last, either way round.
  function ordered() {
    if (!sort) { return rows; }
    return rows.map(function (row) { return { row: row, worth: worth(row) }; }).sort(function (one, other) {
      if (one.worth === null || other.worth === null) { return (one.worth === null) - (other.worth === null); }
      var way = sort === "name" ? one.worth.localeCompare(other.worth, "en-GB") : one.worth - other.worth;
      return down ? -way : way;
    }).map(function (one) { return one.row; });
  }

  function fits(row) {
    var text = form.elements.text.value.trim().toLowerCase();
    return choices.every(function (name) {
      return !form.elements[name].value || row.dataset[name] === form.elements[name].value;
    }) && (row.textContent + " " + row.dataset.official).toLowerCase().indexOf(text) >= 0;
  }

  function show() {
    var shown = 0, by = "";
    heads.forEach(function (head) {
      head.removeAttribute("aria-sort");
      if (head.dataset.key !== sort) { return; }
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      by = ", by " + head.textContent.toLowerCase() + (down ? ", descending" : ", ascending");
    });
    body.append.apply(body, ordered());
    rows.forEach(function (row) { row.hidden = !fits(row); shown += !row.hidden; });
    table.caption.textContent = by ? "Every indicator" + by + "." : caption;
    form.querySelector(".count").textContent = shown
      ? shown + " of " + rows.length + " indicators shown" + by
      : "No indicator fits; “Show all” brings them back";
  }

  function keep() {
    var said = new URLSearchParams();
    ["text"].concat(choices).forEach(function (name) {
      if (form.elements[name].value) { said.set(name, form.elements[name].value); }
    });
    if (sort) { said.set("sort", sort); }
    if (down) { said.set("order", "descending"); }
    history.replaceState(null, "", String(said) ? "#find?" + said : "#find");
    show();
  }

  function restore() {
    var asked = location.hash.indexOf("#find?") === 0, said = new URLSearchParams(asked ? location.hash.slice(6) : "");
    if (!asked && location.hash !== "#find") { return show(); }
    ["text"].concat(choices).forEach(function (name) {
      var control = form.elements[name];
      control.value = said.get(name) || "";
      if (control.selectedIndex < 0) { control.selectedIndex = 0; }
    });
    sort = heads.some(function (head) { return head.dataset.key === said.get("sort"); }) ? said.get("sort") : "";
    down = sort !== "" && said.get("order") === "descending";
    show();
  }

  heads.forEach(function (head) {
    var button = document.createElement("button");
    button.type = "button";
    button.append.apply(button, Array.from(head.childNodes));
    button.addEventListener("click", function () {
      down = sort === head.dataset.key && !down;
      sort = head.dataset.key;
      keep();
    });
    head.append(button);
  });
  table.classList.add("sorts");
  form.hidden = false;
  form.addEventListener("input", keep);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(function () { sort = ""; down = false; keep(); }); });
  addEventListener("hashchange", restore);
  restore();
  if (location.hash.indexOf("#find?") === 0 && performance.getEntriesByType("navigation")[0].type === "navigate") {
    form.scrollIntoView();
  }
})();

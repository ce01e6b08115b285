// Narrows the table of indicators; without this script the whole table stands.
(function () {
  var form = document.getElementById("finder"), rows = document.querySelectorAll("#indicators tbody tr");
  function narrow() {
    var shown = 0, asked = new FormData(form), text = asked.get("text").trim().toLowerCase();
    rows.forEach(function (row) {
      var fits = ["rating", "page", "directorate"].every(function (name) {
        return !asked.get(name) || row.dataset[name] === asked.get(name);
      }) && (!text || (row.textContent + " " + row.dataset.name).toLowerCase().indexOf(text) >= 0);
      row.hidden = !fits;
      shown += fits;
    });
    form.querySelector(".count").textContent = shown
      ? shown + " of " + rows.length + " indicators shown"
      : "No indicator fits; “Show all” brings them back";
  }
  form.hidden = false;
  form.addEventListener("input", narrow);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(narrow); });
  narrow();
})();

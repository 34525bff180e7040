(function () {
  var text = document.getElementById("f-text"), kind = document.getElementById("f-verdict"), out = document.getElementById("f-count"), at = document.getElementById("at");
  var specs = Array.prototype.slice.call(document.querySelectorAll(".spec"));
  var runs = Array.prototype.map.call(document.querySelectorAll("#runs tbody tr"), function (r) { return r.dataset.run; });
  var words = { "✓": "passed", "✗": "failed", "≈": "marginal", "⊘": "void", "!": "aborted", "–": "not run" };
  function apply() {
    var q = text.value.toLowerCase(), k = kind.value, n = 0;
    specs.forEach(function (s) {
      var show = (!k || s.dataset.kind === k) && s.dataset.search.indexOf(q) >= 0;
      s.hidden = !show;
      if (show) n++;
    });
    out.textContent = n + " of " + specs.length + " shown";
  }
  document.addEventListener("mousemove", function (e) {
    var s = e.target.closest && e.target.closest("svg.strip[data-strip]");
    if (!s) { at.textContent = ""; return; }
    var box = s.getBoundingClientRect(), marks = Array.from(s.dataset.strip);
    var i = Math.floor((e.clientX - box.left) / box.width * marks.length);
    at.textContent = i >= 0 && i < marks.length ? runs[i] + ": " + (words[marks[i]] || "not in this run") : "";
  });
  text.addEventListener("input", apply);
  kind.addEventListener("change", apply);
  document.getElementById("filter").hidden = false;
  apply();
})();

(function () {
  var text = document.getElementById("f-text"), verdict = document.getElementById("f-verdict"), out = document.getElementById("f-count");
  var specs = Array.prototype.slice.call(document.querySelectorAll(".spec"));
  function apply() {
    var q = text.value.toLowerCase(), v = verdict.value, n = 0;
    specs.forEach(function (s) {
      var show = (!v || s.dataset.verdict === v) && s.dataset.search.indexOf(q) >= 0;
      s.hidden = !show;
      if (show) n++;
    });
    out.textContent = n + " of " + specs.length + " shown";
  }
  function open() {
    var at = document.getElementById(location.hash.slice(1)), s = at && at.closest("details");
    if (s) { s.hidden = false; s.open = true; at.scrollIntoView(); }
  }
  text.addEventListener("input", apply);
  verdict.addEventListener("change", apply);
  window.addEventListener("hashchange", open);
  window.addEventListener("beforeprint", function () { specs.forEach(function (s) { if (s.dataset.verdict !== "passed") s.open = true; }); });
  document.getElementById("filter").hidden = false;
  apply();
  open();
})();

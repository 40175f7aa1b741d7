// The mail's link carries the code after the #, which no server or proxy sees. It is only filled in:
// mail scanners run scripts too, so a person presses the button.
function fill() {
  const field = document.querySelector("input[name=code]");
  const code = location.hash.slice(1);
  if (!field || !/^\d{6}$/.test(code)) return;
  field.value = `${code.slice(0, 3)} ${code.slice(3)}`;
  history.replaceState(null, "", location.pathname + location.search);
  field.form.querySelector("button").focus();
}

addEventListener("hashchange", fill);
fill();

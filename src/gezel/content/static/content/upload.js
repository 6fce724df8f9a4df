// A file chosen in a form goes ahead of it in parts, and goes on where it was when the line was
// cut: also after the page was closed. Without this script the file simply comes with the form.
//
// <div data-upload="video" data-address="…">: a file field, a hidden field for its number, and
// [data-upload-state] with a progress bar. The form waits for a file that is still on its way.
{
  const parts = 2 * 1024 * 1024;
  const under = new WeakMap(); // form → how many files are on their way

  function prepare(box) {
    const input = box.querySelector("input[type=file]");
    const number = box.querySelector("input[type=hidden]");
    const state = box.querySelector("[data-upload-state]");
    const bar = state.querySelector("progress");
    const words = state.querySelector("[data-upload-words]");
    const cancel = state.querySelector("[data-upload-cancel]");
    const form = input.form;
    let upload = null;

    const say = (sentence, tone = "") => { words.textContent = sentence; state.dataset.tone = tone; };
    const count = (by) => under.set(form, (under.get(form) ?? 0) + by);
    const fill = (name, values) => Object.entries(values).reduce((s, [k, v]) => s.replace(`{${k}}`, v), box.dataset[name]);

    function end() {
      if (!upload) return;
      upload = null;
      bar.hidden = cancel.hidden = true;
      count(-1);
    }

    function finished(file, url) {
      end();
      number.value = url.split("/").filter(Boolean).pop().split("?")[0];
      input.value = "";
      input.required = false;
      say(fill("arrived", { name: file.name }), "ok");
      box.dispatchEvent(new CustomEvent("gezel:arrived", { bubbles: true, detail: { file, number: number.value } }));
      if (form.dataset.waits && !under.get(form)) form.requestSubmit();
    }

    function failed(error) {
      end();
      delete form.dataset.waits;
      const answer = error.originalResponse;
      // What the server says is in the reader's language; without an answer the line is gone.
      say((answer && answer.getStatus() < 500 && answer.getBody()) || box.dataset.failed, "bad");
      input.setAttribute("aria-invalid", "true");
    }

    function begin(file) {
      number.value = "";
      input.removeAttribute("aria-invalid");
      const most = Number(box.dataset.most);
      state.hidden = false;
      if (most && file.size > most) {
        input.value = "";
        say(fill("toolarge", { most: Math.floor(most / 1048576) }), "bad");
        return;
      }
      bar.hidden = cancel.hidden = false;
      bar.value = 0;
      say(fill("sending", { name: file.name, percent: 0 }));
      upload = new tus.Upload(file, {
        endpoint: `${box.dataset.address}?for=${box.dataset.upload}`,
        chunkSize: parts,
        retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000],
        metadata: { filename: file.name, purpose: box.dataset.upload },
        headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        removeFingerprintOnSuccess: true,
        onProgress(sent, whole) {
          bar.max = whole || 1;
          bar.value = sent;
          say(fill("sending", { name: file.name, percent: Math.floor((sent / (whole || 1)) * 100) }));
        },
        onSuccess() { finished(file, this.url ?? upload.url); },
        onError: failed,
      });
      count(1);
      const mine = upload;
      mine.findPreviousUploads().then((earlier) => {
        if (upload !== mine) return;
        if (earlier.length) mine.resumeFromPreviousUpload(earlier[0]);
        mine.start();
      });
    }

    input.addEventListener("change", () => {
      if (upload) { upload.abort(); end(); }
      if (input.files.length) begin(input.files[0]);
    });
    cancel.addEventListener("click", () => {
      upload?.abort(true).catch(() => { /* the night takes what is left */ });
      end();
      input.value = "";
      state.hidden = true;
      input.focus();
    });
  }

  document.addEventListener("submit", (event) => {
    if (!under.get(event.target)) return;
    event.preventDefault();
    event.target.dataset.waits = "1";
  });
  for (const box of document.querySelectorAll("[data-upload]")) prepare(box);
}

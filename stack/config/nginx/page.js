// The whole page: the user who is signed in, an upload until its events are there, and the calendar made of them.
const part = (id) => document.getElementById(id);
const PAUSE_MS = 1000;
const WAIT_S = 15;
const SEMESTER_DAYS = 14 * 7;
let schedule = null;

/** Return the answer when it is a good one; throw what the system says otherwise. */
async function ask(path, options) {
  const answer = await fetch(path, options);
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.message || `the server answered ${answer.status}`);
}

function tell(progress, trouble = "") {
  part("progress").textContent = progress;
  part("trouble").textContent = trouble;
}

/** Do something that takes a while: its button rests meanwhile, and what goes wrong is said. */
async function busy(button, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    tell("", `That failed: ${error.message}.`);
  } finally {
    button.disabled = false;
  }
}

async function showAccount() {
  const { authenticated, user } = await (await ask("/api/auth/status")).json();
  part("sign-in").hidden = authenticated;
  part("sign-out").hidden = part("who").hidden = !authenticated;
  part("who").textContent = authenticated ? user.email : "";
}

async function ended(jobId) {
  for (;;) {
    const job = await (await ask(`/api/jobs/${jobId}?wait=${WAIT_S}`)).json();
    if (job.status === "completed") return;
    if (job.status === "failed") throw new Error(job.error || "the schedule could not be read");
    await new Promise((later) => setTimeout(later, PAUSE_MS));
  }
}

function row(event) {
  const cells = [
    event.module, event.activity, event.group, event.day || event.date, `${event.startTime} – ${event.endTime}`, event.venue,
  ];
  const line = document.createElement("tr");
  for (const text of cells) line.insertCell().textContent = text ?? "";
  return line;
}

function show({ events, pdfType }) {
  part("events").replaceChildren(...events.map(row));
  part("semester").hidden = part("semester").disabled = pdfType !== "lecture";
  part("result").hidden = false;
}

async function upload(form) {
  part("result").hidden = true;
  tell("Uploading …");
  const { jobId, pdfType } = await (await ask("/api/upload", { method: "POST", body: new FormData(form) })).json();
  tell("Reading your schedule …");
  await ended(jobId);
  const { events } = await (await ask(`/api/jobs/${jobId}/result`)).json();
  schedule = { events, pdfType };
  show(schedule);
  tell(`Found ${events.length} ${events.length === 1 ? "event" : "events"}.`);
}

async function download() {
  const events = schedule.events.map(({ id, module, activity, venue, startTime, endTime, day, date, isRecurring }) => ({
    id, summary: `${module} ${activity}`, location: venue, startTime, endTime, isRecurring, ...(isRecurring ? { day } : { date }),
  }));
  const semester = schedule.pdfType === "lecture" ? { semesterStart: part("first").value, semesterEnd: part("last").value } : {};
  const answer = await ask("/api/generate/ics", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ events, pdfType: schedule.pdfType, ...semester }),
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = "schedule.ics";
  link.click();
  URL.revokeObjectURL(link.href);
  tell("Your calendar is in your downloads.");
}

const inDays = (days) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
part("first").value = inDays(0);
part("last").value = inDays(SEMESTER_DAYS);
part("upload").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.submitter, () => upload(event.target));
});
part("calendar").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.submitter, download);
});
part("sign-out").addEventListener("click", (event) =>
  busy(event.target, async () => {
    await ask("/api/auth/logout", { method: "POST" });
    await showAccount();
  }),
);
await showAccount().catch((error) => tell("", `Who is signed in could not be asked: ${error.message}.`));

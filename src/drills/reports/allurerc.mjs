// How the recorded results become one page. Paths come from drills.reports.allure_html, so that any output folder works.
// A failed test's message begins with its verdict (pytest may put the kind of error before it); the first rule
// that matches wins.
const verdict = (name, begins) => ({
  name,
  matchers: [
    { statuses: ["failed", "broken"], message: new RegExp(`^(\\w+: )?${begins}\\b`) },
  ],
  groupByMessage: true,
});

export default {
  name: "Incident runbook drills",
  historyPath: process.env.DRILL_REPORT_HISTORY,
  historyLimit: 50,
  appendHistory: process.env.DRILL_REPORT_APPEND === "yes",
  categories: {
    rules: [
      verdict("NOT RUN: a documented command did not run", "NOT RUN"),
      verdict("UNKNOWN: judge was blind", "UNKNOWN"),
      verdict("INVALID: fault did not take", "INVALID"),
      verdict("SPONTANEOUS: recovered without the solution", "SPONTANEOUS"),
      verdict("DIRTY: something was left behind", "DIRTY"),
      verdict("CONFIRMED_WITH_LOSS: recovered at a price", "CONFIRMED_WITH_LOSS"),
      verdict("REFUTED: documented solution does not work", "REFUTED"),
      verdict("CONFIRMED where a refutation was expected", "CONFIRMED"),
    ],
  },
  plugins: {
    awesome: {
      options: {
        singleFile: true,
        reportName: "Incident runbook drills",
        reportLanguage: "en",
        groupBy: ["epic", "feature", "story"],
        stepTreeExpansion: "expand_failed_only",
      },
    },
  },
};

// Reads vitest's JSON report and prints the plain closing line. Plain JavaScript: it must run on any Node.
import { existsSync, readFileSync } from 'node:fs';

const [reportFile, statusText] = process.argv.slice(2);
const status = Number(statusText);
const { passed, failed, skipped } = existsSync(reportFile)
  ? count(reportFile)
  : { passed: 0, failed: 0, skipped: 0 };
// A run that failed elsewhere (lint, types, a crash) or that ran nothing has failed, whatever was counted.
const failures = failed === 0 && (status !== 0 || passed === 0) ? 1 : failed;
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failures > 0 ? 1 : 0);

function count(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const brokenFiles = report.testResults.filter(
    (result) =>
      result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

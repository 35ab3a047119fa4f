// Runs every browser test: BASE_URL=… SIGN_IN_LINK=… API_KEY=… node e2e/run.mjs [WORD]
// With WORD only the tests whose name has it. Exits 1 if any failed.
import { launch } from './harness.mjs';
import incidents from './incidents.mjs';
import keyboard from './keyboard.mjs';
import look from './look.mjs';
import records from './records.mjs';
import signin, { signIn } from './signin.mjs';
import today from './today.mjs';

const word = process.argv[2] ?? '';
const tests = Object.entries({
  ...signin,
  ...today,
  ...incidents,
  ...keyboard,
  ...records,
  ...look,
});
const browser = await launch();
let passed = 0;
let failed = 0;
try {
  await signIn(browser);
  for (const [name, run] of tests.filter(([each]) => each.includes(word))) {
    const start = Date.now();
    try {
      await run(browser);
      passed += 1;
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, '        ')}`);
    }
  }
} catch (error) {
  failed += 1;
  console.log(`FAILED  signing in\n${error.stack}`);
} finally {
  await browser.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

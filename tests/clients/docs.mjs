// A person who tries the API out: opens the page in a real browser, enters the token, and sends requests with its buttons.
//
//   node docs.mjs ADDRESS [SCREENSHOT]
//
// The environment variable TOKEN is entered in the page; CHROMIUM names the browser. Prints what was seen as one line of JSON: the
// answers that the page shows, what it wrote on its console, and every address that it asked for.
import { chromium } from 'playwright-core';

const [address, screenshot] = process.argv.slice(2);
const seen = { title: '', operations: [], answers: {}, console: [], addresses: [] };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-proxy-server'],
});

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => seen.console.push(`thrown: ${error.message}`));
  page.on('request', (request) => seen.addresses.push(request.url()));

  await page.goto(`${address}/docs`);
  await page.locator('.opblock').first().waitFor();
  seen.title = await page.title();
  seen.operations = await page.locator('.opblock-summary-path').evaluateAll(
    (paths) => paths.map((path) => path.getAttribute('data-path')));
  if (screenshot) await page.screenshot({ path: `${screenshot}-opened.png`, fullPage: true });

  seen.answers.stranger = await tryOut('ServerService_ListServers');

  await page.locator('.auth-wrapper .authorize').click();
  await page.locator('.auth-container input').fill(process.env.TOKEN);
  await page.locator('.auth-btn-wrapper .authorize').click();
  await page.locator('.auth-btn-wrapper .btn-done').click();

  // As the page suggests it, and then with a body of one's own.
  seen.answers.suggested = await tryOut('ServerService_ProvisionServer');
  seen.answers.provision = await tryOut('ServerService_ProvisionServer', async (operation) => {
    await operation.locator('textarea.body-param__text').fill('{"name": "tried-out"}');
  });
  seen.answers.list = await tryOut('ServerService_ListServers');
  if (screenshot) await page.screenshot({ path: `${screenshot}-listed.png`, fullPage: true });
  seen.answers.get = await tryOut('ServerService_GetServer', (operation) => fill(operation, 'name', 'tried-out'));
  seen.answers.terminate = await tryOut('ServerService_TerminateServer', async (operation) => {
    await fill(operation, 'name', 'tried-out');
    await operation.locator('tr[data-param-name="force"] select').selectOption('true');
  });
  if (screenshot) await page.screenshot({ path: `${screenshot}-terminated.png`, fullPage: true });
  console.log(JSON.stringify(seen));

  // Opens an operation, fills it in, sends it, and reads what the page shows of the answer.
  async function tryOut(id, enter = async () => {}) {
    const operation = page.locator(`.opblock[id$="-${id}"]`);
    if (await operation.locator('.try-out__btn').count() === 0) {
      await operation.locator('.opblock-summary-control').click();
      await operation.locator('.try-out__btn').click();
    } else {
      // So that the next answer is not taken for the former one.
      await operation.locator('.btn-clear').click();
    }
    await enter(operation);
    await operation.locator('.execute').click();
    const answer = operation.locator('.live-responses-table .response');
    await answer.waitFor();
    return {
      url: await operation.locator('.request-url pre').innerText(),
      status: Number.parseInt(await answer.locator('.response-col_status').innerText(), 10),
      body: await answer.locator('.highlight-code code').first().innerText(),
    };
  }

  async function fill(operation, parameter, value) {
    await operation.locator(`tr[data-param-name="${parameter}"] input`).fill(value);
  }
} finally {
  await browser.close();
}

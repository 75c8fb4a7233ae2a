// Takes the pictures of the README from a running `dagster dev` with the sample:
//   npm install --no-save playwright-core && node docs/images/take.mjs http://localhost:3000 docs/images
import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });

async function open(path, text) {
  await page.goto(url + path, { waitUntil: "domcontentloaded" });
  await page.getByText(text, { exact: true }).first().waitFor();
  await page.waitForTimeout(3000);
}

await open("/asset-groups", "weather");
await page.screenshot({ path: `${folder}/lineage.png` });

await open("/assets/weather?view=checks", "Execute all");
await page.getByPlaceholder("Filter checks").fill("wind");
await page.getByText("wind_speed__range", { exact: true }).first().click();
await page.waitForTimeout(2000);
await page.screenshot({ path: `${folder}/checks.png` });

await page.setViewportSize({ width: 1400, height: 900 });
await open("/assets/flights?view=overview", "Metadata");
await page.getByText("Plots", { exact: true }).first().click();
await page.waitForTimeout(3000);
const plots = page.getByText("score", { exact: true }).first();
await plots.evaluate((element) => element.scrollIntoView({ block: "start" }));
await page.mouse.wheel(0, -120);
await page.waitForTimeout(1000);
await page.screenshot({ path: `${folder}/plot.png` });
await browser.close();

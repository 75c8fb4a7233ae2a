// Takes the pictures of the shop from a running `dagster dev` with what `history.py` made:
//   npm install --no-save playwright-core && node docs/images/take_shop.mjs http://localhost:3000 docs/images
import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
const page = await browser.newPage({ viewport: { width: 1300, height: 640 } });

async function open(path) {
  await page.goto(url + path, { waitUntil: "domcontentloaded" });
  await page.waitForTimeout(9000);
}

const shoot = (name) => page.screenshot({ path: `${folder}/shop-${name}.png` });

await open("/assets/orders?view=lineage&lineageScope=neighbors&lineageDepth=5");
await shoot("lineage");
await open("/assets/raw/orders?view=overview");
await shoot("freshness");
await open("/assets/raw/orders?view=checks");
await page.getByText("channel__invalidValues", { exact: true }).first().click();
await page.waitForTimeout(3000);
await shoot("checks");
await open("/assets/raw/stock?view=partitions");
const range = page.locator("input[type=text]").first();
await range.fill("[2026-03-01...2026-03-12]");
await range.press("Enter");
await page.waitForTimeout(2000);
await page.getByText("2026-03-05", { exact: true }).first().click();
await page.waitForTimeout(3000);
await shoot("partitions");
await page.setViewportSize({ width: 1300, height: 900 });
await open("/assets/raw/orders?view=overview");
await page.getByText("Plots", { exact: true }).first().click();
await page.waitForTimeout(4000);
const plots = page.getByText("score", { exact: true }).first();
await plots.evaluate((element) => element.scrollIntoView({ block: "start" }));
await page.mouse.wheel(0, -120);
await page.waitForTimeout(1000);
await page.screenshot({ path: `${folder}/shop-plot.png` });
await browser.close();

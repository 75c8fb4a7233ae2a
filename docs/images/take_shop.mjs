// Takes the pictures of the shop from a running `dagster dev` with what `history.py` made:
//   npm install --no-save playwright-core && node docs/images/take_shop.mjs http://localhost:3000 docs/images
import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
const page = await browser.newPage({ viewport: { width: 1300, height: 760 } });

async function open(path, text) {
  await page.goto(url + path, { waitUntil: "domcontentloaded" });
  await page.getByText(text).first().waitFor();
  await page.waitForTimeout(4000);
}

const shoot = (name) => page.screenshot({ path: `${folder}/shop-${name}.png` });

await open("/asset-groups", "revenue_share");
await shoot("lineage");
await open("/assets/raw/orders?view=checks", "Execute all");
await shoot("checks");
await open("/assets/raw/stock?view=partitions", "2026-03-01");
await shoot("partitions");
await open("/assets/raw/orders?view=overview", "Freshness");
await shoot("freshness");
await page.setViewportSize({ width: 1300, height: 900 });
await open("/assets/raw/orders?view=overview", "Metadata");
await page.getByText("Plots", { exact: true }).first().click();
await page.waitForTimeout(4000);
const plots = page.getByText("score", { exact: true }).first();
await plots.evaluate((element) => element.scrollIntoView({ block: "start" }));
await page.mouse.wheel(0, -120);
await page.waitForTimeout(1000);
await shoot("plot");
await browser.close();

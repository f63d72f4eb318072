/** `npm run icons`: draws the icon sprite. Run it after adding a name or updating the icon package. */
import { writeFile } from "node:fs/promises";
import { drawSprite } from "@/components/ui/icons/draw-sprite";

await writeFile("components/ui/icons/icons.svg", await drawSprite());

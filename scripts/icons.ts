/** `npm run icons`: draws the sprite of icons; run it after adding a name or updating the icon package. */
import { writeFile } from "node:fs/promises";
import { drawSprite } from "@/components/ui/icons/draw-sprite";

await writeFile("components/ui/icons/icons.svg", await drawSprite());

/** `npm run icons`: draws the sprite of icons anew, after a name was added or the drawings have another version. */
import { writeFile } from "node:fs/promises";
import { drawSprite } from "@/components/ui/icons/draw-sprite";

await writeFile("components/ui/icons/icons.svg", await drawSprite());

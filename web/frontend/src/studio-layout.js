// Draws a file that came without a drawing.
import { layOut } from "./layout/write.js";

globalThis.dubanLayout = layOut;

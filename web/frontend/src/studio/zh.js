// One dictionary of everything that the editor says: the drawing's parts, its tools, the simulation, the properties.
import { zh as properties } from "./properties/zh.js";
import { ZH_DIAGRAM } from "./zh-diagram.js";
import { ZH_PANEL } from "./zh-panel.js";
import { ZH_SIMULATION } from "./zh-simulation.js";

export const ZH = { ...ZH_DIAGRAM, ...ZH_SIMULATION, ...ZH_PANEL, ...properties };

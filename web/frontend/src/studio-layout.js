// Places the elements of a process that came without a drawing.
import { layoutProcess } from "bpmn-auto-layout";

globalThis.dubanLayout = layoutProcess;

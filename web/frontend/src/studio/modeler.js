// The editor for those who may edit, a viewer for those who look; both with token simulation.
import Modeler from "bpmn-js/lib/Modeler.js";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";
import minimapModule from "diagram-js-minimap";
import BpmnColorPickerModule from "bpmn-js-color-picker";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import simulationModule from "bpmn-js-token-simulation";
import simulationViewerModule from "bpmn-js-token-simulation/lib/viewer.js";
import { clipboardModule } from "./clipboard.js";
import { stepsModule } from "./steps.js";
import { descriptor } from "./properties/descriptor.js";
import { propertiesModules } from "./properties/index.js";
import { translateModule, word } from "./words.js";

export function makeViewer(container) {
  const moddleExtensions = { spiffworkflow: descriptor };
  return new NavigatedViewer({ container, moddleExtensions, additionalModules: [translateModule, minimapModule, simulationViewerModule] });
}

export function makeModeler(container, panel, page) {
  const properties = propertiesModules({ vocabulary: page.urls.vocabulary, translate: word });
  return new Modeler({
    container,
    moddleExtensions: properties.moddleExtensions,
    propertiesPanel: { parent: panel },
    additionalModules: [
      translateModule,
      clipboardModule,
      stepsModule,
      minimapModule,
      BpmnColorPickerModule,
      CreateAppendAnythingModule,
      simulationModule,
      ...properties.additionalModules,
    ],
  });
}

// The editor for those who may edit, a viewer for those who look; both with token simulation.
import { options } from "@bpmn-io/properties-panel/preact";
import Modeler from "bpmn-js/lib/Modeler.js";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";
import EditorActionsModule from "bpmn-js/lib/features/editor-actions/index.js";
import KeyboardModule from "bpmn-js/lib/features/keyboard/index.js";
import ModelingModule from "bpmn-js/lib/features/modeling/index.js";
import OutlineModule from "bpmn-js/lib/features/outline/index.js";
import SearchModule from "bpmn-js/lib/features/search/index.js";
import minimapModule from "diagram-js-minimap";
import BpmnColorPickerModule from "bpmn-js-color-picker";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import simulationModule from "bpmn-js-token-simulation";
import simulationViewerModule from "bpmn-js-token-simulation/lib/viewer.js";
import { clipboardModule } from "./clipboard.js";
import { stepsModule } from "./steps.js";
import { propertiesModules } from "./properties/index.js";
import { lockFields, readingModule } from "./reading.js";
import { translateModule, word } from "./words.js";

export function makeViewer(container, panel, page) {
  const properties = propertiesModules({ vocabulary: page.urls.vocabulary, translate: word });
  lockFields(options);
  return new NavigatedViewer({
    container,
    moddleExtensions: properties.moddleExtensions,
    propertiesPanel: { parent: panel },
    additionalModules: [
      translateModule,
      stepsModule,
      minimapModule,
      SearchModule,
      simulationViewerModule,
      EditorActionsModule,
      KeyboardModule,
      ModelingModule,
      OutlineModule,
      ...properties.additionalModules,
      readingModule,
    ],
  });
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

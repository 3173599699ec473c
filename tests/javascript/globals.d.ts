// What the modules share on the window, so that it outlives a page and a module that is loaded twice.
interface Window {
  Plotly?: any;
  latentLabBusy?: () => string[];
  latentLabDecoders?: Map<string, any>;
  latentLabSeat?: { token?: string; room?: string; teacher?: string };
  latentLabKept?: string;
  latentLabFollowed?: string;
  latentLabPresents?: boolean;
  latentLabSheets?: Map<string, any>;
  latentLabEpochs?: any;
  latentLabTold?: { values: Map<string, any>; listeners: Set<(name: string, value: any) => void> };
}

interface Uint8ArrayConstructor {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

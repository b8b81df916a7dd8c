/**
 * TensorFlow's C API, as declared in `tensorflow/c/c_api.h` and `tensorflow/c/eager/c_api.h`,
 * opened through Deno's foreign function interface.
 *
 * Pointers are numbers here. Deno's own pointer objects can only be made and read by a process that
 * may open any library whatsoever; with numbers, it is enough to be allowed this one.
 */

const pointer = "usize", buffer = "buffer", i32 = "i32", i64 = "i64", usize = "usize";
/** `TF_Output`: an operation and the index of one of its outputs, passed by value. */
const output = { struct: [pointer, "i32"] } as const;

const declarations = {
  TF_Version: { parameters: [], result: pointer },
  TF_NewStatus: { parameters: [], result: pointer },
  TF_GetCode: { parameters: [pointer], result: i32 },
  TF_SetStatus: { parameters: [pointer, i32, buffer], result: "void" },
  TF_Message: { parameters: [pointer], result: pointer },

  TF_AllocateTensor: { parameters: [i32, buffer, i32, usize], result: pointer },
  TF_TensorData: { parameters: [pointer], result: pointer },
  TF_TensorByteSize: { parameters: [pointer], result: usize },
  TF_DeleteTensor: { parameters: [pointer], result: "void" },
  TF_StringInit: { parameters: [pointer], result: "void" },
  TF_StringCopy: { parameters: [pointer, buffer, usize], result: "void" },

  TFE_NewContextOptions: { parameters: [], result: pointer },
  TFE_ContextOptionsSetConfig: {
    parameters: [pointer, buffer, usize, pointer],
    result: "void",
  },
  TFE_DeleteContextOptions: { parameters: [pointer], result: "void" },
  TFE_NewContext: { parameters: [pointer, pointer], result: pointer },
  TFE_ContextListDevices: { parameters: [pointer, pointer], result: pointer },
  TF_DeviceListCount: { parameters: [pointer], result: i32 },
  TF_DeviceListType: { parameters: [pointer, i32, pointer], result: pointer },
  TF_DeleteDeviceList: { parameters: [pointer], result: "void" },

  TFE_NewTensorHandle: { parameters: [pointer, pointer], result: pointer },
  TFE_DeleteTensorHandle: { parameters: [pointer], result: "void" },
  TFE_TensorHandleNumDims: { parameters: [pointer, pointer], result: i32 },
  TFE_TensorHandleDim: { parameters: [pointer, i32, pointer], result: i64 },
  TFE_TensorHandleDataType: { parameters: [pointer], result: i32 },
  TFE_TensorHandleResolve: { parameters: [pointer, pointer], result: pointer },
  TFE_TensorHandleCopySharingTensor: { parameters: [pointer, pointer], result: pointer },

  TFE_NewOp: { parameters: [pointer, buffer, pointer], result: pointer },
  TFE_DeleteOp: { parameters: [pointer], result: "void" },
  TFE_OpAddInput: { parameters: [pointer, pointer, pointer], result: "void" },
  TFE_OpSetAttrType: { parameters: [pointer, buffer, i32], result: "void" },
  TFE_OpSetAttrBool: { parameters: [pointer, buffer, "u8"], result: "void" },
  TFE_OpSetAttrInt: { parameters: [pointer, buffer, i64], result: "void" },
  TFE_OpSetAttrFloat: { parameters: [pointer, buffer, "f32"], result: "void" },
  TFE_OpSetAttrString: { parameters: [pointer, buffer, buffer, usize], result: "void" },
  TFE_OpSetAttrIntList: { parameters: [pointer, buffer, buffer, i32], result: "void" },
  TFE_OpSetAttrShape: { parameters: [pointer, buffer, buffer, i32, pointer], result: "void" },
  TFE_Execute: { parameters: [pointer, buffer, buffer, pointer], result: "void" },

  TF_NewGraph: { parameters: [], result: pointer },
  TF_DeleteGraph: { parameters: [pointer], result: "void" },
  TF_NewOperation: { parameters: [pointer, buffer, buffer], result: pointer },
  TF_AddInput: { parameters: [pointer, output], result: "void" },
  TF_AddInputList: { parameters: [pointer, buffer, i32], result: "void" },
  TF_AddControlInput: { parameters: [pointer, pointer], result: "void" },
  TF_SetAttrType: { parameters: [pointer, buffer, i32], result: "void" },
  TF_SetAttrBool: { parameters: [pointer, buffer, "u8"], result: "void" },
  TF_SetAttrInt: { parameters: [pointer, buffer, i64], result: "void" },
  TF_SetAttrFloat: { parameters: [pointer, buffer, "f32"], result: "void" },
  TF_SetAttrString: { parameters: [pointer, buffer, buffer, usize], result: "void" },
  TF_SetAttrIntList: { parameters: [pointer, buffer, buffer, i32], result: "void" },
  TF_SetAttrShape: { parameters: [pointer, buffer, buffer, i32], result: "void" },
  TF_SetAttrTensor: { parameters: [pointer, buffer, pointer, pointer], result: "void" },
  TF_FinishOperation: { parameters: [pointer, pointer], result: pointer },
  TF_OperationNumOutputs: { parameters: [pointer], result: i32 },
  TF_OperationOutputType: { parameters: [output], result: i32 },
  TF_GraphSetTensorShape: { parameters: [pointer, output, buffer, i32, pointer], result: "void" },
  TF_GraphGetTensorNumDims: { parameters: [pointer, output, pointer], result: i32 },
  TF_GraphGetTensorShape: { parameters: [pointer, output, buffer, i32, pointer], result: "void" },
  TF_GraphToFunctionWithControlOutputs: {
    parameters: [
      ...[pointer, buffer, "u8", i32, pointer, i32, buffer, i32, buffer, pointer],
      ...[i32, buffer, pointer, pointer, pointer, pointer],
    ],
    result: pointer,
  },
  TF_DeleteFunction: { parameters: [pointer], result: "void" },
  TFE_ContextAddFunction: { parameters: [pointer, pointer, pointer], result: "void" },
  TFE_ContextRemoveFunction: { parameters: [pointer, buffer, pointer], result: "void" },

  // Of C's own library, which TensorFlow's is linked to.
  strlen: { parameters: [pointer], result: usize },
  copyOut: { name: "memcpy", parameters: [buffer, pointer, usize], result: "void" },
  copyIn: { name: "memcpy", parameters: [pointer, buffer, usize], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** An address in TensorFlow's memory; 0n is none. */
export type Pointer = bigint;

/** The C functions, by name. */
export type CApi = Deno.StaticForeignLibraryInterface<typeof declarations>;

/** Opens the two shared objects in `folder`. Throws when they cannot be loaded. */
export function openLibrary(folder: string): CApi {
  Deno.dlopen(`${folder}/libtensorflow_framework.so.2`, {});
  return Deno.dlopen(`${folder}/libtensorflow_cc.so.2`, declarations).symbols;
}

const names = new Map<string, Uint8Array<ArrayBuffer>>();

/** `text` as a NUL-terminated C string; each distinct string is encoded once. */
export function internedCString(text: string): Uint8Array<ArrayBuffer> {
  let bytes = names.get(text);
  if (!bytes) names.set(text, bytes = new TextEncoder().encode(text + "\0"));
  return bytes;
}

/** Reads a NUL-terminated C string. */
export function readCString(api: CApi, address: Pointer): string {
  if (address === 0n) return "";
  const bytes = new Uint8Array(Number(api.strlen(address)));
  readMemory(api, address, bytes);
  return new TextDecoder().decode(bytes);
}

/** Fills `bytes` with TensorFlow's memory. */
export function readMemory(api: CApi, address: Pointer, bytes: Uint8Array<ArrayBuffer>): void {
  api.copyOut(bytes, address, BigInt(bytes.length));
}

/** Copies bytes into TensorFlow's memory. */
export function writeMemory(api: CApi, address: Pointer, bytes: Uint8Array<ArrayBuffer>): void {
  api.copyIn(address, bytes, BigInt(bytes.length));
}

/** `TF_Output` as the 16 bytes of the C struct. */
export function outputStruct(operation: Pointer, index: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, operation, true);
  view.setInt32(8, index, true);
  return bytes;
}

/** The `TF_Output` structs of several outputs, one after the other. */
export function outputStructs(outputs: { operation: Pointer; index: number }[]) {
  const bytes = new Uint8Array(16 * Math.max(1, outputs.length));
  outputs.forEach((o, i) => bytes.set(outputStruct(o.operation, o.index), 16 * i));
  return bytes;
}

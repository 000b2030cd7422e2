/**
 * WebGPU in Node, by the npm package `webgpu` (Dawn): for kernel tests on
 * software drivers, and for the engine on a GPU server. Dawn finds its driver
 * through the Vulkan loader's environment variables.
 */
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lavapipe } from './lavapipe.ts';
import { findChromium } from './chromium.ts';

/** 'environment' leaves the choice to VK_DRIVER_FILES or the installed drivers; 'auto' takes what VK_DRIVER_FILES names, else lavapipe, else SwiftShader. */
export type NodeAdapter = 'lavapipe' | 'swiftshader' | 'environment' | 'auto';

/** Also puts WebGPU's global constants (GPUBufferUsage …) in place. */
export async function openNodeGpu(which: NodeAdapter): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  loadVulkan();
  switch (which) {
    case 'environment':
      return create([]);
    case 'lavapipe':
      return openWith(create, lavapipeDriver());
    case 'swiftshader':
      return openWith(create, swiftshaderDriver());
    case 'auto':
      return process.env['VK_DRIVER_FILES'] === undefined ? openSoftware(create) : create([]);
    default:
      return which satisfies never;
  }
}

type Create = (flags: string[]) => GPU;

function openWith(create: Create, icd: string): GPU {
  process.env['VK_DRIVER_FILES'] = icd;
  process.env['VK_ICD_FILENAMES'] = icd;
  process.env['XDG_RUNTIME_DIR'] ??= tmpdir();
  return create([]);
}

/** lavapipe where it can be had and works (it links the machine's libllvm15), else SwiftShader, saying so. */
async function openSoftware(create: Create): Promise<GPU> {
  const found = lavapipe();
  if (found.icd !== null) {
    const gpu = openWith(create, found.icd);
    if ((await gpu.requestAdapter()) !== null) return gpu;
  }
  const reason = found.icd === null ? found.reason : 'the driver found no adapter';
  console.warn(`no lavapipe (${reason}): SwiftShader, without shader-f16`);
  return openWith(create, swiftshaderDriver());
}

function lavapipeDriver(): string {
  const found = lavapipe();
  if (found.icd === null) throw new Error(`no lavapipe: ${found.reason}`);
  return found.icd;
}

/** SwiftShader comes inside Chromium. */
function swiftshaderDriver(): string {
  const icd = besideChromium('vk_swiftshader_icd.json');
  if (icd === undefined) throw new Error('no SwiftShader: no Chromium was found that carries it');
  return icd;
}

/** /usr/bin/chromium is a script; its libraries are in /usr/lib/chromium. */
function besideChromium(file: string): string | undefined {
  const chromium = findChromium();
  const folders = ['/usr/lib/chromium', ...(chromium === null ? [] : [dirname(realpathSync(chromium.path))])];
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

/**
 * Dawn opens libvulkan.so.1 by its bare name, which many machines lack while
 * Chromium carries a copy. A library already in the process answers to that
 * name, so the copy is loaded first and kept (RTLD_NODELETE): Node throws it
 * out again because it is no addon.
 */
function loadVulkan(): void {
  if (process.platform !== 'linux') return;
  const RTLD_LAZY = 0x1;
  const RTLD_NODELETE = 0x1000;
  const copies = ['libvulkan.so.1', besideChromium('libvulkan.so.1')];
  for (const path of copies) {
    if (path === undefined) continue;
    try {
      process.dlopen({ exports: {} }, path, RTLD_LAZY | RTLD_NODELETE);
      return;
    } catch (error) {
      if (String(error).includes('did not self-register')) return;
    }
  }
  throw new Error('no Vulkan loader: install libvulkan1, or a Chromium, which carries one');
}

/** 这台设备是什么、能做什么，做不到时怎么办。 */
import type { Words } from '../english/index.ts';
import { count, seconds, size } from '../format.ts';

export const device: Words['device'] = {
  asking: '正在了解这台设备',
  can: (name, storage) => `这台设备可以运行模型：${name}${storage}。`,
  software: (name) => `这里没有图形处理器，只有一个模拟它的程序（${name}）。小模型可以回答，但很慢。`,
  free: (bytes) => `，可用存储空间 ${size(bytes)}`,
  unnamed: '一个支持 WebGPU 的图形处理器',
  open: '关于这台设备',
  title: '这台设备',
  verdict: {
    gpu: 'WebGPU 可用：模型在这个图形处理器上运行。',
    software: 'WebGPU 可用，但由处理器模拟：结果正确，速度很慢。',
  },
  yes: '有',
  no: '没有',
  unknown: '浏览器没有提供',
  webgpu: {
    noAdapter: '有，但没有可用的图形处理器',
    unused: '有，但没有使用',
  },
  facts: {
    name: '图形处理器',
    driver: '驱动程序报告',
    noWords: '没有：这个浏览器不透露',
    webgpu: 'WebGPU',
    f16: '16 位浮点数',
    subgroups: '子组（subgroups）',
    timestamps: '时间戳',
    buffer: '最大缓冲区',
    binding: '单次可绑定的最大部分',
    kernels: '使用的计算程序',
    browser: '浏览器',
    memory: '内存',
    cores: '处理器核心',
    storage: '本页面的存储空间',
    limits: '与计算程序有关的全部限制',
  },
  shapes: { hardware: '为图形处理器编写', software: '为模拟器编写' },
  shape: (name, ms) => (ms > 0 ? `${name}，${ms < 1 ? ms.toFixed(3) : ms.toFixed(1)} 毫秒` : name),
  passedOver: (name) => `正确但不更快，未采用：${name}`,
  wrong: (name) => `计算有误，不使用：${name}`,
  atLeast: (gigabytes) => `浏览器报告为 ${count(gigabytes)} GB 或更多`,
  used: (used, quota) => (quota > 0 ? `已用 ${size(used)}，共 ${size(quota)}` : `已用 ${size(used)}`),

  test: {
    title: '自检',
    about:
      '在这个图形处理器上运行本页面会用到的每一种计算，并与普通算术的结果逐一比较。在真正的图形处理器上不超过一分钟，在模拟器上需要很多分钟。',
    start: '运行自检',
    again: '再运行一次',
    starting: '正在读取测试用例',
    progress: (done, total) => `第 ${count(done)} 项，共 ${count(total)} 项`,
    stop: '停止',
    stopping: '正在停止',
    waits: '回答结束后才能开始。',
    right: (passed) => `全部正确：${count(passed)} 项通过。`,
    bad: (failed, passed) =>
      `${count(failed)} 项未通过，${count(passed)} 项通过。模型不会使用未通过的计算程序。`,
    skipped: (n) => `跳过 ${count(n)} 项`,
    skippedSentence: (n) => `${count(n)} 项在这里无法运行，已跳过。`,
    took: (ms) => `用时 ${seconds(ms)}。`,
    failing: '未通过',
    kernels: '按计算程序',
    kernel: '计算程序',
    passedHead: '通过',
    failedHead: '未通过',
    skippedHead: '跳过',
    copy: '复制报告',
    reloaded: (kernels) => `加载后的检查发现这里有计算程序算得不对：${kernels.join('、')}。它们已不再使用。`,
  },

  bench: {
    title: '性能测试',
    about: '用几秒钟做模型所需的运算。要得到真实的数字，请先关闭其他繁忙的程序。',
    start: '运行性能测试',
    again: '再运行一次',
    running: '正在测量',
    what: '项目',
    figure: '数值',
    emulated: '模拟运行：这些数字只说明处理器模拟图形处理器有多快。',
    rows: {
      copy: '内存复制（读写都计入）',
      matvec4: '4 位权重的乘法',
      matvec8: '8 位权重的乘法',
      matvec16: '16 位权重的乘法',
      dispatch: '每多一次计算调用的开销',
      latency: '从提交到取回第一个字节',
      tokens: '已加载模型的回答速度',
    },
  },

  none: {
    meanwhile: '向导仍然可以在这里回答：它很小，处理器（CPU）就够用。',
    how: '要运行更大的模型',
    retry: '重新检测',
    partly: '在修好之前，需要这项计算的模型不会在这里运行。',
    broken: '它算出的结果不可信，所以在修好之前，除向导之外的模型都不会在这里运行。',
  },
  howTo: {
    insecure: [
      '本页面是通过普通 http 打开的，而浏览器只在 https 或 localhost 下提供 WebGPU。',
      '请用 https 地址打开。',
    ],
    chromium: [
      '打开浏览器设置中的“系统”，开启“使用图形加速功能（如果可用）”。',
      '重启浏览器。WebGPU 需要 113 或更新的版本。',
      '如果仍然没有，请更新显卡驱动程序。',
    ],
    chromiumLinux: [
      '在浏览器设置的“系统”中开启图形加速。',
      '2020 年以后的 Intel 显卡从 144 版起、驱动为 535 以上的 NVIDIA 显卡从 147 版起，默认提供 WebGPU。',
      '其他显卡：打开 chrome://flags，启用“Unsafe WebGPU Support”和“Vulkan”，然后重启浏览器。',
    ],
    chromiumAndroid: [
      'WebGPU 需要 Chrome 121 或更新版本、Android 12 或更新版本，而且不是每部手机的图形处理器都支持。',
      '请更新两者，再打开本页面。',
    ],
    firefox: [
      '在 Windows 上，Firefox 141 起提供 WebGPU；在 Apple 芯片的 Mac 上，147 起提供。',
      '更新 Firefox，并在设置的“常规”中确认允许使用硬件加速。',
      '使用 Intel 处理器的 Mac，请改用新版 Chrome 或 Edge。',
    ],
    firefoxLinux: [
      'Linux 上的 Firefox 可能没有打开 WebGPU：进入 about:config，把 dom.webgpu.enabled 设为 true。',
      '重启 Firefox。如果仍然没有，请改用新版 Chrome 或 Chromium。',
    ],
    firefoxAndroid: ['Android 上的 Firefox 没有打开 WebGPU。请用 Chrome 打开本页面。'],
    safariIos: [
      'iPhone 和 iPad 上的所有浏览器都用 Safari 的 WebGPU，需要 iOS 或 iPadOS 26。',
      '在“设置 › 通用 › 软件更新”中更新系统，再打开本页面。',
    ],
    safari: ['WebGPU 需要 Safari 26。', '请更新 macOS 或 Safari，再打开本页面。'],
    other: ['请用新版 Chrome、Edge、Firefox 或 Safari 打开本页面。'],
  },

  phone: {
    title: '在手机或平板上',
    body: '浏览器会直接关掉占用内存过多的页面，不会询问。这里比较现实的是 2 GB 以内的模型；更大的模型可能在加载途中使页面被关掉。',
    keep: '下载或回答时请让本页面留在前台：转到后台就会被暂停。',
  },
  blocked: {
    title: '这里什么也留不下',
    body: '浏览器没有给本页面存储空间：可能是隐私窗口，或者此网站的存储已被关闭。向导可以使用；模型和对话会在页面关闭后消失。',
    todo: '想要保留它们，请在普通窗口中打开本页面，并允许它存储数据。',
  },
  tight: {
    title: '这里的存储空间很少',
    body: (quota) =>
      `浏览器总共只给本页面 ${size(quota)}，隐私窗口和快满的磁盘上都会这样。向导可以使用；大多数模型放不下。`,
    todo: '请在普通窗口中打开本页面，或者清理磁盘空间。',
  },
  understood: '知道了',

  tried: (weights, cache, tokens) =>
    `尝试过：权重 ${size(weights)}，加上 ${count(tokens)} 个词元的上下文所需的 ${size(cache)}。`,
  lessContext: (tokens) => `改用 ${count(tokens)} 的上下文加载`,
  smallerModel: '选择更小的模型',
  runTest: '去做自检',
};

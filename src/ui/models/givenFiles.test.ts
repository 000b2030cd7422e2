import { expect, test } from 'vitest';
import { chosenFiles, ofOneFolder } from './givenFiles.ts';

function file(path: string): File {
  const made = new File([], path.slice(path.lastIndexOf('/') + 1));
  return Object.defineProperty(made, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
}
const given = (...paths: string[]) => {
  const { files, folder } = chosenFiles(paths.map(file));
  return [folder, files.map(({ name }) => name)];
};

test('files chosen by themselves are all taken', () => {
  expect(given('config.json', 'model.safetensors')).toEqual(['', ['config.json', 'model.safetensors']]);
  expect(given()).toEqual(['', []]);
});

test('of a folder what lies beside its model is taken', () => {
  expect(
    given('olmoe/config.json', 'olmoe/original/model.safetensors', 'olmoe/onnx/config.json', 'olmoe/x.txt'),
  ).toEqual(['olmoe', ['config.json', 'x.txt']]);
});

test('a model some levels down is found, and called as the folder that was given', () => {
  const snapshot = 'models--a--b/snapshots/1f2e';
  expect(
    given(
      'models--a--b/refs/main',
      `${snapshot}/model.gguf`,
      `${snapshot}/README.md`,
      `${snapshot}/sub/x.gguf`,
    ),
  ).toEqual(['models--a--b', ['model.gguf', 'README.md']]);
});

test('a folder without a model still has its name', () => {
  expect(given('photos/a.jpg', 'photos/2024/b.jpg')).toEqual(['photos', ['a.jpg']]);
  expect(ofOneFolder([])).toEqual({ files: [], folder: '' });
});

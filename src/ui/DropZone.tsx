/** A model, as files or as its folder, may be dropped anywhere on the page, over an open dialog too; other files go with the next message. */
import { useEffect, useRef, type ReactNode } from 'react';
import { isModelFile, type GivenFiles } from '../state/models.ts';
import { useApp } from './appContext.ts';
import { say } from './say.ts';
import { droppedFiles } from './models/givenFiles.ts';

export function DropZone(): ReactNode {
  const { models, chat } = useApp();
  const veil = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const take = (given: GivenFiles): Promise<void> =>
      given.folder === '' && !given.files.some((file) => isModelFile(file))
        ? chat.attach(given.files)
        : models.addFiles(given);
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const show = (on: boolean): void => void veil.current?.togglePopover(on);
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      show(true);
    };
    // Leaving one element for another also says "leave"; only leaving the window has no next one.
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) show(false);
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      show(false);
      if (event.dataTransfer) void droppedFiles(event.dataTransfer).then(take);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [models, chat]);

  return (
    <div ref={veil} popover="manual" className="drop-veil">
      {say.chat.dropNow}
    </div>
  );
}

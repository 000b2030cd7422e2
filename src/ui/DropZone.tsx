/**
 * Where files may be dropped: on the page a model is imported and other files go with the next
 * message; on the dialog about models all are taken as models. No other dialog takes any: what
 * became of them would not be seen behind it.
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { isModelFile, type GivenFiles } from '../state/models.ts';
import { useApp } from './appContext.ts';
import { say } from './say.ts';
import { droppedFiles } from './models/givenFiles.ts';

type Place = 'page' | 'models' | 'covered';

export function DropZone(): ReactNode {
  const { models, chat, view } = useApp();
  const veil = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>('page');

  useEffect(() => {
    const placeNow = (): Place => {
      const open = document.querySelectorAll('dialog:modal').length;
      if (open === 0) return 'page';
      return open === 1 && view.store.getState().panel === 'models' ? 'models' : 'covered';
    };
    const take = (given: GivenFiles, at: Place): Promise<void> =>
      at === 'page' && given.folder === '' && !given.files.some((file) => isModelFile(file))
        ? chat.attach(given.files)
        : models.addFiles(given);
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const show = (on: boolean): void => void veil.current?.togglePopover(on);
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      // Else the browser would leave the page for the file.
      event.preventDefault();
      const at = placeNow();
      if (event.dataTransfer && at === 'covered') event.dataTransfer.dropEffect = 'none';
      setPlace(at);
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
      const at = placeNow();
      if (event.dataTransfer && at !== 'covered')
        void droppedFiles(event.dataTransfer).then((given) => take(given, at));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [models, chat, view]);

  return (
    <div ref={veil} popover="manual" className="drop-veil">
      {say.chat.dropNow[place]}
    </div>
  );
}

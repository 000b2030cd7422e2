/** Whatever a parser throws at, its text is shown as it was written. */
import { Component, type ReactNode } from 'react';

interface HarmlessProps {
  readonly text: string;
  readonly children: ReactNode;
}

interface Drawn {
  readonly text: string;
  readonly failed: boolean;
}

/** React has no other form for this than a class. */
export class Harmless extends Component<HarmlessProps, Drawn> {
  override state: Drawn = { text: this.props.text, failed: false };

  static getDerivedStateFromError(): Partial<Drawn> {
    return { failed: true };
  }

  /** A text that has changed is tried anew. */
  static getDerivedStateFromProps({ text }: HarmlessProps, state: Drawn): Drawn | null {
    return text === state.text ? null : { text, failed: false };
  }

  override render(): ReactNode {
    return this.state.failed ? <p className="plain">{this.props.text}</p> : this.props.children;
  }
}

// A page with React's `useChat`, as an application has it.

import { useChat } from "@ai-sdk/react";
import { createRoot } from "react-dom/client";

const api = `/api/chat/${encodeURIComponent("chat 1")}`;
const text = ({ parts }) => parts.map(({ text }) => text ?? "").join("");

function Chat() {
  const { messages, status, error, sendMessage } = useChat({ id: "chat 1", resume: true });
  const answers = messages.filter(({ role }) => role === "assistant");
  const ask = ({ currentTarget: { dataset } }) => sendMessage({ text: dataset.prompt });
  return (
    <>
      <output id="status">{status}</output>
      <output id="error">{error?.message}</output>
      {answers.map((answer) => <p key={answer.id} id={answer.id}>{text(answer)}</p>)}
      {["long", "endless"].map((prompt) => <button key={prompt} id={`ask-${prompt}`} data-prompt={prompt} onClick={ask}>Ask</button>)}
      <button id="stop" onClick={() => fetch(api, { method: "DELETE" })}>Stop</button>
    </>
  );
}

addEventListener("DOMContentLoaded", () => createRoot(document.body).render(<Chat />));

"""Opens a store, keeps a conversation with two messages in it, and reads it back."""

import coffer
from coffer import Conversation, Message

with coffer.open("first-program-data") as store:
    id = store.put_conversation(
        Conversation(user_id="anna", title="A trip to Lisbon"),
        [
            Message("What should I see in two days?"),
            Message("Start with Alfama, early in the morning.", role="assistant"),
        ],
    )
    for message in store.get_conversation(id).messages or []:
        print(f"{message.role}: {message.content}")

# SPDX-License-Identifier: MIT
# --8<-- [start:text]
import torch
import torch.nn.functional as F

from snippets.real_attention.transformer_block.block import LanguageModel

sentences = ["the bank gave a loan", "the river has a bank"]
split = [sentence.split() for sentence in sentences]
vocabulary = sorted(set(split[0] + split[1]))
rows = [[vocabulary.index(word) for word in words] for words in split]
text = torch.tensor(rows)  # (batch, words)
inputs = text[:, :-1]  # (batch, inputs)
targets = text[:, 1:]  # (batch, inputs), the word that follows each input
# --8<-- [end:text]


# --8<-- [start:losses]
def losses_of(logits, targets):  # (batch, inputs, n_words), (batch, inputs)
    shares = logits.softmax(dim=-1)  # (batch, inputs, n_words)
    right = shares.gather(-1, targets.unsqueeze(-1))  # (batch, inputs, 1)
    return -right.squeeze(-1).log()  # (batch, inputs)


# --8<-- [end:losses]


# --8<-- [start:train]
def trained(steps):
    torch.manual_seed(0)
    sizes = {"d_model": 16, "n_heads": 2, "d_hidden": 32, "n_blocks": 2}
    model = LanguageModel(len(vocabulary), inputs.shape[1], **sizes)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        logits = model(inputs)  # (batch, inputs, n_words)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()  # how the loss changes with each parameter
        optimizer.step()  # a small change to every parameter
    return model


# --8<-- [end:train]

if __name__ == "__main__":
    # --8<-- [start:evaluate]
    torch.set_num_threads(1)  # tiny tensors: a second thread would only wait
    fresh, model = trained(steps=0), trained(steps=100)
    with torch.no_grad():
        before = losses_of(fresh(inputs), targets)  # (batch, inputs)
        after = losses_of(model(inputs), targets)  # (batch, inputs)
    # --8<-- [end:evaluate]

    # --8<-- [start:table]
    print(f"{'the model reads':16}{'right word':12}{'before':>7}{'after':>7}")
    for b, sentence in enumerate(sentences):
        words = sentence.split()
        for i in range(len(words) - 1):
            read, right = " ".join(words[: i + 1]), words[i + 1]
            print(f"{read:16}{right:12}{before[b, i]:7.2f}{after[b, i]:7.2f}")
    # --8<-- [end:table]

    # --8<-- [start:one_by_one]
    with torch.no_grad():
        at_once = model(inputs)  # (batch, inputs, n_words)
        prefixes = [inputs[:, : i + 1] for i in range(inputs.shape[1])]
        last = [model(prefix)[:, -1] for prefix in prefixes]
        one_by_one = torch.stack(last, dim=1)  # (batch, inputs, n_words)
    same = torch.allclose(at_once, one_by_one, atol=1e-5)
    print("the same logits:", same)
    # --8<-- [end:one_by_one]

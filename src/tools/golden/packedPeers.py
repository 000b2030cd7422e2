"""The packers and readers that others use, asked whether packedFormats.py is right."""
import importlib
import sys
import types
from pathlib import Path

import numpy as np
import torch


class Peers:
    def __init__(self, folder):
        self.folder = Path(folder)
        sys.path.insert(0, folder)

    def module(self, path, *, drop="from ."):
        """One file of a package whose other parts want CUDA."""
        source = next(self.folder.glob(path)).read_text()
        source = "\n".join(line for line in source.splitlines() if not line.startswith(drop))
        module = types.ModuleType(Path(path).stem)
        exec(compile(source.replace("(BaseQuantLinear)", "(nn.Module)"), path, "exec"), module.__dict__)
        return module

    def mxfp4(self, blocks, exponents, values):
        from transformers.integrations.mxfp4 import convert_moe_packed_tensors

        theirs = convert_moe_packed_tensors(torch.from_numpy(blocks), torch.from_numpy(exponents), dtype=torch.float32)
        assert np.array_equal(theirs.transpose(1, 2).numpy(), values)

    def fp8(self, weights, scales, block, values):
        from transformers.integrations.finegrained_fp8 import Fp8Dequantize

        rows, cols = weights.shape[-2:]
        if rows % block[0] or cols % block[1]:
            return
        theirs = Fp8Dequantize(None)._dequantize_one(weights, scales, torch.float32)
        assert np.array_equal(theirs.numpy(), values)

    def gptq(self, group, q, z, scales, qweight, qzeros, values):
        """auto_gptq packs what these numbers dequantise to, in f64 so that rounding finds them again."""
        peer = self.module("**/qlinear/qlinear_cuda.py").QuantLinear(4, group, *q.shape, False)
        linear = torch.nn.Linear(*q.shape, bias=False).double()
        linear.weight.data = torch.from_numpy(values.astype(np.float64))
        peer.pack(linear, scales.T.double(), torch.from_numpy(z.T.astype(np.float64)))
        safe = (scales.abs() > 0).all(dim=0).numpy()
        assert np.array_equal(peer.qweight.numpy()[:, safe], qweight[:, safe])
        assert np.array_equal(peer.qzeros.numpy(), qzeros)

    def awq(self, group, qweight, qzeros, scales, values):
        reader = self.module("**/awq/utils/packing_utils.py")
        theirs = reader.dequantize_gemm(torch.from_numpy(qweight), torch.from_numpy(qzeros), scales.float(), 4, group)
        assert np.array_equal(theirs.T.numpy(), values)

    def compressed(self, weights, tensors, values):
        from compressed_tensors.compressors import PackedQuantizationCompressor
        from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme

        scheme = QuantizationScheme(targets=["Linear"], weights=QuantizationArgs(**weights))
        local = {key.removeprefix("m.x."): torch.as_tensor(np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value)
                 for key, value in tensors.items()}
        local["weight_scale"] = local["weight_scale"].float()
        theirs = PackedQuantizationCompressor.decompress(local, scheme)["weight"]
        assert np.array_equal(theirs.float().numpy(), values)

    def mlx(self, values, *arrays, **settings):
        mx = importlib.import_module("mlx.core")
        theirs = mx.dequantize(*map(mx.array, arrays), dtype=mx.float32, **settings)
        # Its kernel may fuse the multiplication and the addition.
        assert np.allclose(np.array(theirs), values, rtol=1e-6, atol=1e-7)

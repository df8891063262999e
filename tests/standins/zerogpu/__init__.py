"""A stand-in of ZeroGPU, so that the real ``spaces`` client runs in ZeroGPU mode on a machine without a GPU.

    python -m tests.standins.zerogpu app.py

runs a program as it would run on a ZeroGPU Space: ``spaces.GPU`` schedules with a device API on 127.0.0.1, forks a
worker per call, moves the packed weights into it and releases the device afterwards. What a worker puts on ``cuda`` is
computed on the CPU by ZeroGPU's own emulation. The rooms:

    scheduler    who gets a device and who is refused; kills; counts. Pure of HTTP
    device_api   the HTTP that the client speaks
    emulation    what stands in for CUDA inside a worker
    plain        the same for workers that compile, or run compiled networks
    __main__     sets the environment, starts the device API where there is none yet, runs the program

With ``--real`` workers compute on the machine's own CUDA devices, and only the scheduling is a stand-in.

What the client can see is taken from its source and was tried with it; what the platform does out of the client's sight
(whom it kills when, how it charges) is a guess. It shows nothing of a GPU's speed, memory, streams or number formats,
and no AOT package of a GPU can run in it.
"""

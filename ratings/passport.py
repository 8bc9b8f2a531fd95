def write_passport(*a):
    raise NotImplementedError

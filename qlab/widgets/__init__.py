"""The faces of qlab in a notebook: the only package that imports anywidget, ipywidgets or traitlets."""
